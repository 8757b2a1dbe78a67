import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { askRefund, refundsAtStripe } from '../harness/refunds.ts'
import { openCheckout, openShop, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const refund = (orderId: string, body: unknown, key?: string, of: { id: string } = shop) =>
  askRefund(house, of, orderId, body, key)

describe('refused in words, without a call to Stripe', () => {
  test.each([
    ['nothing', 0],
    ['less than nothing', -1],
    ['a fraction', 10.5],
    ['a word', 'all'],
    ['nothing, exactly', '0.00'],
    ['finer than a cent', '1.005'],
    ['a float in disguise', '1e3'],
    ['no number', null],
  ])('%s', async (_what, amount) => {
    const { order_id, intent } = await paidOnce()
    const { status, body } = await refund(order_id, { amount })
    expect([status, body.title]).toEqual([422, 'Something in the request is not right'])
    expect(body.errors[0].pointer).toBe('/amount')
    expect(await refundsAtStripe(house, shop, intent)).toEqual([])
  })

  test('more than was paid', async () => {
    const { order_id } = await paidOnce()
    const { status, body } = await refund(order_id, { amount: 4891 })
    expect([status, body.detail]).toEqual([409, '€48.90 is left.'])
  })

  test('an order nobody paid', async () => {
    const { order_id } = await openCheckout(house, shop)
    const { status, body } = await refund(order_id, {})
    expect([status, body.title]).toEqual([409, 'Only what was paid can be refunded'])
  })

  test("another store's order, and one that does not exist", async () => {
    const { order_id } = await paidOnce()
    const other = await openShop(house)
    expect((await refund(order_id, {}, undefined, other)).status).toBe(404)
    expect((await refund('0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c', {})).status).toBe(404)
    expect((await refund('not-an-id', {})).status).toBe(404)
  })

  let once: Promise<{ order_id: string; intent: string }> | undefined
  const paidOnce = () => (once ??= paidOrder(house, shop))
})

describe('the same Idempotency-Key', () => {
  test('is the same refund, at once and later', async () => {
    const { order_id, intent } = await paidOrder(house, shop)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => refund(order_id, { amount: 700 }, 'once')),
    )
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
    expect((await refund(order_id, { amount: 700 }, 'once')).body.id).toBe(answers[0]!.body.id)
    expect(await refundsAtStripe(house, shop, intent)).toHaveLength(1)
  })

  test('for something else is refused', async () => {
    const { order_id } = await paidOrder(house, shop)
    await refund(order_id, { amount: 700 }, 'mine')
    expect((await refund(order_id, { amount: 701 }, 'mine')).body.title).toBe(
      'This Idempotency-Key was used for another refund',
    )
  })
})
