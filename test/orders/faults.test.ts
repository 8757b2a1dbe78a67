import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweep } from '../../src/orders/sweep.ts'
import { intentAtStripe, listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { fault, noFaults } from '../harness/sandbox-control.ts'
import { confirm, openCheckout, orderOf, pay, type Shop } from '../harness/shop.ts'
import { intentOf } from '../harness/stripe-event.ts'
import { makeDue, openDeafShop } from '../harness/sweeping.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openDeafShop(house)
})
afterAll(() => house.close())

const KINDS = ['500', '503', '429', 'delay', 'reset', 'lost_answer', 'half_body']

/** The shopper presses pay until it works. */
async function payAtLast(token: string): Promise<string> {
  for (let clicks = 0; clicks < 10; clicks += 1) {
    const { status, body } = await pay(house, token)
    if (status === 200) return body.client_secret
    expect(status).toBe(503)
  }
  throw new Error('pay never worked')
}

async function intentsAtStripe(orderId: string) {
  const data = await listAtStripe(house, shop, 'payment_intents?limit=100')
  return data.filter((one: { metadata: { order_id?: string } }) => one.metadata.order_id === orderId)
}

const rested = () =>
  house.deps.db
    .updateTable('connections')
    .set({ resting_until: null })
    .where('store_id', '=', shop.id)
    .execute()

/** The sweeper comes as often as it takes. */
async function sweepUntil(orderId: string, status: string): Promise<void> {
  for (let sweeps = 0; sweeps < 6; sweeps += 1) {
    if ((await orderOf(house, shop, orderId)).status === status) return
    await makeDue(house, shop)
    await rested()
    await sweep(house.deps)
  }
  expect((await orderOf(house, shop, orderId)).status).toBe(status)
}

describe('whatever Stripe does while a shopper pays, the money is taken once and the order gets through', () => {
  test.each(KINDS)(
    '%s',
    async kind => {
      const checkout = await openCheckout(house, shop)
      await fault(house, shop, 'POST /v1/payment_intents', kind, { times: 4, ms: kind === 'delay' ? 300 : 0 })
      const secret = await payAtLast(checkout.token)
      await noFaults(house, shop)
      expect((await pay(house, checkout.token)).body.client_secret).toBe(secret)
      await confirm(house, shop, secret)

      await fault(house, shop, 'GET /v1/payment_intents/*', kind, {
        times: 2,
        ms: kind === 'delay' ? 300 : 0,
      })
      await sweepUntil(checkout.order_id, 'paid')
      await noFaults(house, shop)
      const intents = await intentsAtStripe(checkout.order_id)
      expect(intents.filter((one: { status: string }) => one.status === 'succeeded')).toHaveLength(1)
      expect(intents).toHaveLength(1)
      const { timeline } = await orderOf(house, shop, checkout.order_id)
      expect(timeline.map(({ status }: { status: string }) => status)).toEqual(['paid'])
    },
    40_000,
  )
})

describe('whatever Stripe does while a session ends, the order expires and cannot be paid any more', () => {
  test.each(KINDS)(
    '%s',
    async kind => {
      const checkout = await openCheckout(house, shop)
      const secret = await payAtLast(checkout.token)
      await house.deps.db
        .updateTable('checkout_sessions')
        .set({ expires_at: sql<Date>`now() - interval '1 second'` })
        .where('order_id', '=', checkout.order_id)
        .execute()
      await fault(house, shop, 'POST /v1/payment_intents/*/cancel', kind, { times: 2, ms: 300 })
      await sweepUntil(checkout.order_id, 'expired')
      await noFaults(house, shop)
      const intent = await intentOf(house, shop, checkout.order_id)
      expect((await intentAtStripe(house, shop, intent)).status).toBe('canceled')
      expect((await confirm(house, shop, secret)).status).toBe(400)
    },
    40_000,
  )
})
