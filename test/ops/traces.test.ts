import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTracing } from '../../src/lib/tracing.ts'
import { type House, openHouse } from '../harness/house.ts'
import { openCheckout, openShop, pay } from '../harness/shop.ts'

type Span = {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  kind: number
  attributes: { key: string; value: Record<string, unknown> }[]
  status: { code?: number }
}

const sent: string[] = []
let collector: Server
let house: House
let stopTracing: () => Promise<void>

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      sent.push(Buffer.concat(chunks).toString())
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(collector.address() as { port: number }).port}`
  stopTracing = await startTracing(endpoint)
  house = await openHouse({ OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/` })
})
afterAll(async () => {
  await house.close()
  collector.close()
})

const spansSent = (): Span[] =>
  sent.flatMap(body =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Span[] }[] }) =>
      resource.scopeSpans.flatMap(scope => scope.spans),
    ),
  )

test('a payment is one trace: the request, its statements and what Stripe was asked; and tells no secret', async () => {
  const shop = await openShop(house)
  const { token } = await openCheckout(house, shop)
  const { body } = await pay(house, token)
  const missing = await fetch(`${house.url}/checkout/nobody/pay`, { method: 'POST' })
  await missing.arrayBuffer()
  await stopTracing()

  const spans = spansSent()
  const root = spans.find(({ name }) => name === 'POST /checkout/:token/pay')!
  expect(root.parentSpanId).toBeFalsy()
  const within = spans.filter(({ traceId, spanId }) => traceId === root.traceId && spanId !== root.spanId)
  expect(within.map(({ name }) => name)).toContain('Stripe POST payment_intents')
  expect(within.every(({ parentSpanId }) => spans.some(({ spanId }) => spanId === parentSpanId))).toBe(true)
  const said = Object.fromEntries(root.attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
  expect(said).toMatchObject({
    'http.route': '/checkout/:token/pay',
    'http.response.status_code': 200,
    'owntill.request_id': expect.stringMatching(/^[\da-f-]{36}$/),
  })
  if (house.deps.db.engine.kind === 'postgres') {
    expect(within.some(({ attributes }) => attributes.some(({ key }) => key === 'db.query.text'))).toBe(true)
  }

  const everything = sent.join()
  for (const secret of [token, body.client_secret, shop.keys.secret_key, house.secret, 'owner@example.com']) {
    expect(everything).not.toContain(secret)
  }
})

test('who wants no traces loads nothing for them', () => {
  const src = fileURLToPath(new URL('../../src/', import.meta.url))
  const loading = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .filter(path => /^import (?!type\b)[^'"]*'@opentelemetry/m.test(readFileSync(src + path, 'utf8')))
  expect(loading).toEqual([])
})
