import { request as send } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { widgetScript } from '../../src/checkout/widget.ts'
import { locales } from '../../src/lib/messages.ts'
import { type House, openHouse } from '../harness/house.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** What crosses the wire, which fetch would unpack. */
function get(headers: Record<string, string>) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const request = send(`${house.url}/widget.js`, { headers }, response => {
        const parts: Buffer[] = []
        response.on('data', part => parts.push(part))
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }),
        )
      })
      request.on('error', reject).end()
    },
  )
}

test.each([
  ['br', 'gzip, deflate, br', brotliDecompressSync],
  ['gzip', 'gzip, br;q=0', gunzipSync],
  [undefined, 'identity', (body: Buffer) => body],
] as const)(
  'the widget is one script, sent as %s, at most 12 KB compressed',
  async (encoding, accepted, unpack) => {
    const { status, headers, body } = await get({ 'accept-encoding': accepted })
    expect([status, headers['content-encoding'], headers.vary]).toEqual([200, encoding, 'accept-encoding'])
    expect(unpack(body).toString()).toBe(widgetScript())
    if (encoding) expect(body.length).toBeLessThanOrEqual(12 * 1024)
  },
)

test('pages of any origin may load it, keep it for a moment, and are told when nothing has changed', async () => {
  const { headers } = await get({})
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
  const again = await get({ 'if-none-match': String(headers.etag) })
  expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag])
  expect((await get({ 'if-none-match': 'W/"another"' })).status).toBe(200)
})

test('it is a whole script, speaks every language, and leaves our comments at home', () => {
  const script = widgetScript()
  expect(() => new Function(script)).not.toThrow()
  const [, texts] = /^start\((\{.*\}), "/m.exec(script)!
  expect(Object.keys(JSON.parse(texts!)).sort()).toEqual([...locales].sort())
  expect(script).not.toMatch(/^\s*(\/\/|\/\*|import |export )/m)
})
