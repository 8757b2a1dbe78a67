import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'

// A merchant knows its own signing secret and can sign anything. What random bodies (test/chaos) found once.

let house: House
let shop: Shop
let intent: string
let orderId: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, {
    ...newKeys('NoWebhooks', 'test', 'rk'),
    webhook_secret: SIGNING_SECRET,
  } as never)
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  orderId = checkout.order_id
  intent = await intentOf(house, shop, orderId)
})
afterAll(() => house.close())

const refund = (changes: object) => ({
  id: 're_1',
  object: 'refund',
  payment_intent: intent,
  amount: 100,
  currency: 'eur',
  status: 'succeeded',
  created: 1,
  ...changes,
})
const dispute = (changes: object) => ({
  ...refund({}),
  id: 'dp_1',
  object: 'dispute',
  reason: 'fraudulent',
  ...changes,
})
const named = {
  metadata: {
    get store_id() {
      return shop.id
    },
  },
}

test.each<[string, string, () => object]>([
  ['a type that every object has', 'constructor', () => ({ id: 'cus_1', object: 'customer' })],
  ['an object of no kind', 'customer.created', () => ({ id: 'cus_1', object: null })],
  ['an id that fits no index', 'customer.created', () => ({ id: 'x'.repeat(5_000), object: 'customer' })],
  [
    'a status that every object has',
    'payment_intent.succeeded',
    () => paidIntent(intent, 4890, { status: '__proto__' }),
  ],
  ['the same of a refund', 'refund.updated', () => refund({ status: '__proto__' })],
  ['a refund from beyond the calendar', 'refund.updated', () => refund({ created: Number.MAX_SAFE_INTEGER })],
  ['a dispute from beyond it', 'charge.dispute.created', () => dispute({ status: 'lost', created: -8e15 })],
])('%s is kept, and no order is paid by it', async (_what, type, object) => {
  const answer = await deliver(house, intentEvent(type, { ...object(), ...named }))
  expect(answer.status).toBe(200)
  expect((await orderOf(house, shop, orderId)).status).toBe('pending')
})

test('names that jsonb refuses are left out', async () => {
  const body = JSON.stringify(intentEvent('customer.created', { id: 'cus_2', object: 'customer', ...named }))
  const odd = body.replace('"id":"cus_2"', '"id":"cus_2","a\\u0000":1,"\\udc00":{"b":2}')
  expect(odd).not.toBe(body)
  expect((await deliver(house, odd)).status).toBe(200)
})
