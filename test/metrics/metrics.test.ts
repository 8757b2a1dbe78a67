import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { type House, openHouse } from '../harness/house.ts'
import { confirm, fromSomewhere, newKeys, openCheckout, openShop, pay } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'

/** Keys with a webhook set up by hand: nothing is delivered that the test does not deliver. */
const handMade = () => ({ ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: SIGNING_SECRET })

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function figures(): Promise<string> {
  const response = await fetch(`${house.url}/metrics`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/plain')
  return response.text()
}

/** The value of the one line that starts like this; 0 before there is one. */
async function figure(start: string): Promise<number> {
  const lines = (await figures()).split('\n').filter(line => line.startsWith(start))
  expect(lines.length).toBeLessThan(2)
  return Number(lines[0]?.split(' ').at(-1) ?? 0)
}

const grows = async (start: string, work: () => Promise<unknown>) => {
  const before = await figure(start)
  await work()
  return (await figure(start)) - before
}

test('requests are measured by route pattern, and what has no route by none', async () => {
  const count = (route: string, status: string) =>
    `owntill_http_request_duration_seconds_count{method="GET",route="${route}",status="${status}"}`
  const status = () => fetch(`${house.url}/stripe/status/0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c?secret=canary`)
  expect(await grows(count('/stripe/status/:store_id', '2xx'), status)).toBe(1)
  const nothing = 'owntill_http_request_duration_seconds_count{method="any",route="none",status="4xx"}'
  expect(await grows(nothing, () => fetch(`${house.url}/wp-login.php`))).toBe(1)
  expect(await figures()).not.toMatch(/canary|wp-login|0199d3a0/)
})

test('requests refused because there were too many are counted', async () => {
  const headers = { 'content-type': 'application/json', ...fromSomewhere() }
  const knock = () => fetch(`${house.url}/api/carts`, { method: 'POST', headers, body: '{}' })
  const refused = 'owntill_rate_limited_total{route="/api/carts"}'
  expect(await grows(refused, () => Promise.all(Array.from({ length: 123 }, knock)))).toBe(3)
})

test('a payment is seen from all sides: what Stripe was asked, what it told, and who settled the order', async () => {
  const shop = await openShop(house, handMade())
  const { token, order_id } = await openCheckout(house, shop)
  const created =
    'owntill_stripe_request_duration_seconds_count{method="POST",resource="payment_intents",status="200"}'
  expect(await grows(created, () => pay(house, token))).toBe(1)

  const event = intentEvent(
    'payment_intent.succeeded',
    paidIntent(await intentOf(house, shop, order_id), 4890, { livemode: false }),
  )
  const settled = 'owntill_orders_settled_total{source="webhook"}'
  expect(await grows(settled, () => deliver(house, event))).toBe(1)
  expect(await grows(settled, () => deliver(house, event))).toBe(0)
  const again = 'owntill_webhook_deliveries_total{answer="already_processed"}'
  expect(await grows(again, () => deliver(house, event))).toBe(1)
  const wrong = 'owntill_webhook_deliveries_total{answer="bad_signature"}'
  expect(await grows(wrong, () => deliver(house, event, { secret: 'whsec_wrong' }))).toBe(1)
})

test('what the return page finds out is told apart from what a webhook told', async () => {
  const shop = await openShop(house, handMade())
  const { token } = await openCheckout(house, shop)
  const { body } = await pay(house, token)
  await confirm(house, shop, body.client_secret)
  const settled = 'owntill_orders_settled_total{source="return"}'
  expect(
    await grows(settled, () => fetch(`${house.url}/checkout/${token}/return`, { redirect: 'manual' })),
  ).toBe(1)
})

test('the process and the database are among the figures', async () => {
  const text = await figures()
  expect(text).toContain('process_cpu_seconds_total')
  expect(text).toContain('nodejs_eventloop_lag_seconds')
  if (house.deps.db.engine.kind === 'postgres')
    expect(text).toContain('owntill_database_connections{state="used"}')
})

test('nobody outside sees them', async () => {
  const proxied = [
    'forwarded',
    'via',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
  ]
  for (const name of proxied) {
    const answer = await fetch(`${house.url}/metrics`, { headers: { [name]: '127.0.0.1' } })
    expect([name, answer.status]).toEqual([name, 404])
  }
  for (const remoteAddress of ['203.0.113.7', '2001:db8::1', '::ffff:203.0.113.7', '100.64.0.1']) {
    const answer = await house.app.inject({ url: '/metrics', remoteAddress })
    expect([remoteAddress, answer.statusCode]).toEqual([remoteAddress, 404])
    expect(answer.body).not.toContain('process_cpu')
  }
  for (const remoteAddress of [
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '::ffff:172.20.0.4',
    '192.168.1.9',
    'fd00::2',
  ]) {
    const { statusCode } = await house.app.inject({ url: '/metrics', remoteAddress })
    expect([remoteAddress, statusCode]).toEqual([remoteAddress, 200])
  }
})

test('in production not even a proxy that hides itself shows them by the public name', async () => {
  const config = { ...house.deps.config, production: true, publicUrl: 'https://pay.example' }
  const app = await buildApp({ ...house.deps, config })
  const ask = (host: string) => app.inject({ url: '/metrics', headers: { host }, remoteAddress: '10.0.0.1' })
  expect((await ask('pay.example')).statusCode).toBe(404)
  expect((await ask('10.0.0.5:3000')).statusCode).toBe(200)
  await app.close()
})
