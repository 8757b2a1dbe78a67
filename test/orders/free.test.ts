import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { put, reprice } from '../harness/pricing.ts'
import { internal, newStore, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  await put(house, shop.id, 'discounts/GIFT', { percentage: '100' })
  await put(house, shop.id, 'discounts/ONCE', { percentage: '100', once_per_customer: true })
})
afterAll(() => house.close())

async function gift(code = 'GIFT', more: object = {}) {
  const checkout = await openCheckout(house, shop, more)
  const { status, body } = await reprice(house, checkout.token, 'discount', { code })
  expect([status, body.amount]).toEqual([200, 0])
  return checkout
}

test('an order that a discount leaves nothing of is settled without Stripe, once, however often it is pressed', async () => {
  const before = (await listAtStripe(house, shop, 'payment_intents?limit=100')).length
  const checkout = await gift()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => pay(house, checkout.token, { email: 'ann@example.com' })),
  )
  expect(answers.filter(({ status }) => status === 200)[0]!.body).toEqual({ client_secret: null, amount: 0 })
  expect(answers.every(({ status }) => [200, 409].includes(status))).toBe(true)
  const order = await orderOf(house, shop, checkout.order_id)
  expect(order).toMatchObject({
    status: 'paid',
    amount: 0,
    payment_intent: null,
    customer_email: 'ann@example.com',
    totals: { subtotal: 4890, discount: 4890, total: 0 },
  })
  expect(order.timeline.map(({ status }: { status: string }) => status)).toEqual(['paid'])
  expect((await listAtStripe(house, shop, 'payment_intents?limit=100')).length).toBe(before)
  const told = await house.deps.db
    .selectFrom('outbox')
    .select('kind')
    .where('store_id', '=', shop.id)
    .where('order_id', '=', checkout.order_id)
    .execute()
  expect(told.filter(({ kind }) => kind === 'order.paid').length).toBeLessThanOrEqual(1)
  const page = await (await fetch(`${house.url}/checkout/${checkout.token}`)).text()
  expect(page).toContain(checkout.confirmation_code)
})

test('its page has nothing of Stripe’s on it', async () => {
  const { token } = await gift()
  const answer = await fetch(`${house.url}/checkout/${token}`)
  const page = await answer.text()
  expect(page).toContain('Complete order')
  expect(page).not.toContain('data-stripe')
  expect(page).not.toContain('payment-element')
  expect(answer.headers.get('content-security-policy')).toContain("frame-src 'none'")
})

test('a code that is for once each is used by that address, and by it no second time', async () => {
  const first = await gift('ONCE')
  expect((await pay(house, first.token)).status).toBe(422)
  expect((await pay(house, first.token, { email: 'ben@example.com' })).status).toBe(200)
  const second = await gift('ONCE')
  const { status, body } = await pay(house, second.token, { email: 'ben@example.com' })
  expect([status, body.type]).toEqual([409, 'urn:owntill:problem:discount-used'])
  expect((await orderOf(house, shop, second.order_id)).status).toBe('pending')
})

test('the code off again, it costs what it did, and is not settled for nothing', async () => {
  const { token, order_id } = await gift()
  await reprice(house, token, 'discount')
  const { status, body } = await pay(house, token)
  expect([status, body.amount]).toEqual([200, 4890])
  expect((await orderOf(house, shop, order_id)).status).toBe('pending')
})

test('one that is to be paid on Stripe’s page is settled on ours when there is nothing to pay', async () => {
  const { token, order_id } = await openCheckout(house, shop, { ui: 'stripe', discount_code: 'GIFT' })
  expect(await (await fetch(`${house.url}/checkout/${token}`)).text()).toContain('Complete order')
  expect((await pay(house, token, { email: 'ann@example.com' })).status).toBe(200)
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
})

test('what costs nothing needs no Stripe: a store that has not connected it gives it away, and sells nothing else', async () => {
  const plain = await newStore(house)
  await put(house, plain.id, 'products/sample', { name: 'Sample', price: 0, currency: 'eur' })
  const open = (product_id: string, more: object = {}) =>
    internal(house, 'POST', `/stores/${plain.id}/checkout-sessions`, {
      line_items: [{ product_id, quantity: 1 }],
      success_url: 'https://shop.example/thanks',
      cancel_url: 'https://shop.example/cart',
      ...more,
    })
  const { status, body } = await open('sample')
  expect(status).toBe(201)
  expect(await (await fetch(body.url)).text()).toContain('Complete order')
  const paid = await pay(house, body.url.split('/').at(-1), { email: 'ann@example.com' })
  expect([paid.status, paid.body]).toEqual([200, { client_secret: null, amount: 0 }])
  expect(await orderOf(house, { ...shop, ...plain }, body.order_id)).toMatchObject({
    status: 'paid',
    amount: 0,
    payment_intent: null,
  })
  expect((await open('mug')).body.type).toBe('urn:owntill:problem:store-not-connected')
  expect((await open('sample', { shipping_countries: ['DE'] })).body.type).toBe(
    'urn:owntill:problem:amount-out-of-range',
  )
})

test('nothing is left to pay, and the store disconnects: it is completed all the same', async () => {
  const leaving = await openShop(house)
  await put(house, leaving.id, 'discounts/GIFT', { percentage: '100' })
  const { token, order_id } = await openCheckout(house, leaving, { discount_code: 'GIFT' })
  await house.deps.db
    .updateTable('connections')
    .set({ state: 'disconnected' })
    .where('store_id', '=', leaving.id)
    .execute()
  const page = () => fetch(`${house.url}/checkout/${token}`)
  expect(await (await page()).text()).toContain('Complete order')
  // Without the code it costs something again, and nobody can take that.
  await reprice(house, token, 'discount')
  expect((await page()).status).toBe(503)
  await reprice(house, token, 'discount', { code: 'GIFT' })
  expect((await pay(house, token, { email: 'ann@example.com' })).status).toBe(200)
  expect((await orderOf(house, leaving, order_id)).status).toBe('paid')
})

test('an order that is sent somewhere is not free: its address is asked for with the payment', async () => {
  const checkout = await openCheckout(house, shop, { shipping_countries: ['DE'] })
  const { status, body } = await reprice(house, checkout.token, 'discount', { code: 'GIFT' })
  expect([status, body.type]).toEqual([422, 'urn:owntill:problem:amount-out-of-range'])
})
