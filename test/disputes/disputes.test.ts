import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { control } from '../harness/sandbox-control.ts'
import { openShop, orderOf, type Shop, until } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

type Shown = { status: string; funds: string }

async function disputed(reason = 'fraudulent') {
  const { order_id, intent } = await paidOrder(house, shop)
  const { id } = await control(house, 'POST', `payments/${intent}/dispute`, { reason })
  const seen = (good: (dispute: Shown) => boolean) =>
    until(
      () => orderOf(house, shop, order_id),
      ({ disputes }) => disputes[0] !== undefined && good(disputes[0]),
    )
  return { order_id, id, seen }
}

test('a dispute is shown with its reason, its amount, its due date and where to answer it', async () => {
  const { order_id, id, seen } = await disputed('product_not_received')
  const order = await seen(({ funds }) => funds === 'withdrawn')
  expect(order).toMatchObject({
    status: 'paid',
    disputed: true,
    disputes: [
      {
        id,
        order_id,
        amount: 4890,
        currency: 'eur',
        reason: 'product_not_received',
        status: 'needs_response',
        dashboard_url: `https://dashboard.stripe.com/test/disputes/${id}`,
      },
    ],
  })
  expect(Date.parse(order.disputes[0].due_by)).toBeGreaterThan(Date.now() + 7 * 86_400_000)
  expect(order.disputes).toHaveLength(1)
})

test('won: the money is back and the flag is gone', async () => {
  const { id, seen } = await disputed()
  await seen(({ funds }) => funds === 'withdrawn')
  await control(house, 'POST', `disputes/${id}/close`, { won: true })
  const order = await seen(({ status, funds }) => status === 'won' && funds === 'reinstated')
  expect([order.status, order.disputed]).toEqual(['paid', false])
})

test('lost: the flag stays, since the money is gone', async () => {
  const { id, seen } = await disputed()
  await control(house, 'POST', `disputes/${id}/close`, { won: false })
  const order = await seen(({ status }) => status === 'lost')
  expect([order.disputed, order.disputes[0].funds]).toEqual([true, 'withdrawn'])
})

test('an inquiry takes no money, and its end leaves nothing behind', async () => {
  const { id, seen } = await disputed('inquiry')
  const order = await seen(({ status }) => status === 'warning_needs_response')
  expect([order.disputed, order.disputes[0].funds]).toEqual([true, 'with_merchant'])
  await control(house, 'POST', `disputes/${id}/close`, {})
  expect((await seen(({ status }) => status === 'warning_closed')).disputed).toBe(false)
})
