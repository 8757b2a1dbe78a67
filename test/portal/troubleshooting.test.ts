import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openCheckout, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import {
  declinedIntent,
  deliver,
  intentEvent,
  intentOf,
  paidIntent,
  SIGNING_SECRET,
  sign,
} from '../harness/stripe-event.ts'
import { type Browser, otherOwner, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let page: string

beforeAll(async () => {
  house = await openHouse()
  const keys = { ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: SIGNING_SECRET }
  shop = await openShop(house, keys)
  page = `/portal/${shop.id}/payments/troubleshooting`
  owner = await signedIn(house)
})
afterAll(() => house.close())

/** The page, without line breaks, once it says something: refusals are written down a moment later. */
const pageWith = (said: string) =>
  until(
    async () => (await owner.get(page)).text.replace(/\s+/g, ' '),
    text => text.includes(said),
  )

async function endpointPath(of: Shop): Promise<string> {
  const [endpoint] = await listAtStripe(house, of, 'webhook_endpoints')
  return new URL(endpoint.url).pathname
}

test('it says what an order waits for, from the opened checkout to the declined card', async () => {
  expect((await owner.get(page)).text).toContain('Nothing has arrived from Stripe yet')
  const { token, order_id, confirmation_code } = await openCheckout(house, shop)
  const opened = (await owner.get(page)).text
  expect([opened.includes(confirmation_code), opened.includes('not pressed the pay button')]).toEqual([
    true,
    true,
  ])
  await pay(house, token)
  expect((await owner.get(page)).text).toContain('Stripe has not reported what became of it yet')
  const intent = await intentOf(house, shop, order_id)
  await deliver(house, intentEvent('payment_intent.payment_failed', declinedIntent(intent, 4890)))
  const { text } = await owner.get(page)
  expect(text).toContain('The last attempt was refused (insufficient_funds)')
  expect(text).toContain('payment_intent.payment_failed')
})

test('a delivery signed by another secret is listed as refused, with what to do, and nothing of its body', async () => {
  const { token, order_id } = await openCheckout(house, shop)
  await pay(house, token)
  const intent = await intentOf(house, shop, order_id)
  const event = intentEvent(
    'payment_intent.succeeded',
    paidIntent(intent, 4890, { description: 'bodycanary' }),
  )
  for (let times = 0; times < 3; times += 1) {
    expect((await deliver(house, event, { secret: 'whsec_another' })).status).toBe(400)
  }
  const text = await pageWith('Refused 3 times within the hour')
  expect(text).toContain('None of the saved signing secrets made its signature')
  expect(text).toContain('Copy the signing secret of the endpoint')
  expect(text).not.toContain('bodycanary')
  expect(text).not.toContain(event.id)

  // Signed rightly the next time, the warning is history, and the order is paid.
  await deliver(house, event)
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  const cured = (await owner.get(page)).text
  expect([cured.includes('The last delivery was refused'), cured.includes(event.id)]).toEqual([false, true])
})

test("at an endpoint's own URL an old time and an unreadable signature are told apart; a made-up URL counts for nobody", async () => {
  const own = await openShop(house)
  page = `/portal/${own.id}/payments/troubleshooting`
  const path = await endpointPath(own)
  const event = JSON.stringify(intentEvent('payment_intent.succeeded', paidIntent('pi_3None', 100)))
  const old = sign(event, SIGNING_SECRET, Math.floor(Date.now() / 1_000) - 400)
  await deliver(house, event, { path, header: old })
  await deliver(house, event, { path, header: 'nonsense' })
  const letters = path.slice(0, -2)
  await deliver(house, event, { path: `${letters}AA`, header: 'nonsense' })
  const text = await pageWith('no readable signature')
  expect(text).toContain('signed more than five minutes ago')
  expect(text).not.toContain('2 times')
})

test('an event is taken once more by its button, for its own store only, and the trail says so', async () => {
  page = `/portal/${shop.id}/payments/troubleshooting`
  const { token, order_id } = await openCheckout(house, shop)
  await pay(house, token)
  const intent = await intentOf(house, shop, order_id)
  const event = intentEvent('payment_intent.succeeded', paidIntent(intent, 4890))
  await deliver(house, event)
  await house.deps.db
    .updateTable('orders')
    .set({ status: 'pending', paid_at: null })
    .where('id', '=', order_id)
    .execute()
  await house.deps.db
    .updateTable('payments')
    .set({ closed_at: null, found: null, found_at: null })
    .where('order_id', '=', order_id)
    .execute()
  const replay = `${page}/test/${event.id}/replay`

  const stranger = await otherOwner(house)
  expect((await stranger.post(replay)).status).toBe(404)
  expect((await owner.post(`${page}/test/evt_3Unknown/replay`)).status).toBe(404)

  expect((await owner.post(replay)).location).toContain('done=replayed_processed')
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  expect((await owner.get(`/portal/${shop.id}/activity`)).text).toContain(event.id)
})
