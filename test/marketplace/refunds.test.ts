import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shareOrder, shareOrders } from '../../src/marketplace/sharing.ts'
import { callStripe, listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connectedVendor, linesOf, newVendor, refund, shared } from '../harness/market.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { fault, noFaults } from '../harness/sandbox-control.ts'
import { openShop, orderOf, type Shop, until } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  await connectedVendor(house, shop, 'boats')
  await connectedVendor(house, shop, 'crafts', { commission_bps: 2_500 })
  await newVendor(house, shop, 'unknown')
})
afterAll(() => house.close())

async function order(prices: [string | null, number][]) {
  const paid = await paidOrder(house, shop, linesOf(prices))
  await shared(house, shop, paid.order_id)
  return paid
}

/** What Stripe has moved for the vendors of an order, in sum: into their accounts and back. */
async function movedFor(orderId: string): Promise<Record<string, number>> {
  const transfers = await listAtStripe(house, shop, `transfers?transfer_group=order_${orderId}`)
  const fees = await listAtStripe(house, shop, 'application_fees?limit=100')
  const sums = transfers.map((transfer: Record<string, never>) => {
    const fee = fees.find(({ charge }: { charge: string }) => charge === transfer.destination_payment)
    const kept = fee ? fee.amount - fee.amount_refunded : 0
    return [transfer.destination, Number(transfer.amount) - Number(transfer.amount_reversed) - kept]
  })
  return Object.fromEntries(sums)
}

/** What our ledger says the vendors have, by their accounts; nothing of Stripe's may differ from it. */
async function ledgerOf(orderId: string): Promise<Record<string, number>> {
  const { split } = await orderOf(house, shop, orderId)
  const accounts = await house.deps.db
    .selectFrom('shares')
    .selectAll()
    .where('order_id', '=', orderId)
    .execute()
  return Object.fromEntries(
    split.vendors.map((one: Record<string, number | string>) => [
      accounts.find(({ vendor_id }) => vendor_id === one.vendor_id)!.account_id,
      Number(one.amount) - Number(one.amount_refunded),
    ]),
  )
}

describe.each([
  ['destination charge', [['boats', 10_001]]],
  [
    'destination charge with the store’s own lines',
    [
      ['boats', 9_999],
      [null, 777],
    ],
  ],
  [
    'transfers',
    [
      ['boats', 9_999],
      ['crafts', 3_333],
      [null, 501],
    ],
  ],
] as [string, [string | null, number][]][])('a %s', (_way, prices) => {
  test.each(['return', 'keep'] as const)(
    'is refunded in parts that add up, by the policy “%s”',
    async commission => {
      const { order_id } = await order(prices)
      expect(await movedFor(order_id)).toEqual(await ledgerOf(order_id))
      for (const amount of [1, 333, 5_000]) {
        await refund(house, shop, order_id, { amount, commission })
        expect(await movedFor(order_id)).toEqual(await ledgerOf(order_id))
      }
      await refund(house, shop, order_id, { commission })
      const moved = await movedFor(order_id)
      expect(moved).toEqual(await ledgerOf(order_id))
      expect(new Set(Object.values(moved))).toEqual(new Set([0]))
      const { split } = await orderOf(house, shop, order_id)
      for (const vendor of split.vendors) {
        expect(vendor).toMatchObject({
          amount_refunded: vendor.amount,
          commission_refunded: vendor.commission,
        })
      }
    },
  )
})

test('the commission goes back in proportion, or is kept, as the refund says', async () => {
  const back = await order([['boats', 10_000]])
  await refund(house, shop, back.order_id, { amount: 5_000 })
  const kept = await order([['boats', 10_000]])
  expect(await refund(house, shop, kept.order_id, { amount: 5_000, commission: 'keep' })).toMatchObject({
    commission: 'keep',
  })
  const vendorOf = async (id: string) => (await orderOf(house, shop, id)).split.vendors[0]
  expect(await vendorOf(back.order_id)).toMatchObject({ amount_refunded: 4_500, commission_refunded: 500 })
  expect(await vendorOf(kept.order_id)).toMatchObject({ amount_refunded: 5_000, commission_refunded: 0 })
})

test('a refund made in the dashboard is followed, whatever was ticked there', async () => {
  const boxes: Record<string, string>[] = [
    {},
    { reverse_transfer: 'true' },
    { reverse_transfer: 'true', refund_application_fee: 'true' },
  ]
  for (const ticked of boxes) {
    const { order_id, intent } = await order([['boats', 10_000]])
    await callStripe(house, shop, 'POST', 'refunds', { payment_intent: intent, amount: '4000', ...ticked })
    // While an event holds the order it is left for the next look.
    await until(
      async () => {
        await shareOrders(house.deps)
        return orderOf(house, shop, order_id)
      },
      ({ split }) => split.vendors[0].amount_refunded === 3_600,
    )
    expect(await movedFor(order_id)).toEqual(await ledgerOf(order_id))
  }
})

test.each(['POST /v1/application_fees/*/refunds', 'POST /v1/transfers/*/reversals'])(
  'a lost answer to %s takes nothing back twice',
  async match => {
    const { order_id } = await order([['boats', 10_000]])
    await fault(house, shop, match, 'lost_answer')
    await fault(house, shop, match, 'reset', { times: 9 })
    await refund(house, shop, order_id, { amount: 5_000 })
    await noFaults(house, shop)
    const place = { store_id: shop.id, id: order_id }
    await Promise.all([shareOrder(house.deps, place), shareOrder(house.deps, place)])
    await shareOrder(house.deps, place)
    expect(await movedFor(order_id)).toEqual(await ledgerOf(order_id))
    expect((await orderOf(house, shop, order_id)).split.vendors[0]).toMatchObject({ amount_refunded: 4_500 })
  },
)

test('what a vendor is to be paid by hand is less by what was refunded', async () => {
  const { order_id } = await order([['unknown', 10_000]])
  await refund(house, shop, order_id, { amount: 2_000 })
  expect((await orderOf(house, shop, order_id)).split.vendors[0]).toMatchObject({
    payout: 'manual_payout',
    amount: 9_000,
    amount_refunded: 1_800,
  })
})

test('asking again with the same Idempotency-Key but another policy is another question', async () => {
  const { order_id } = await order([['boats', 10_000]])
  const path = `${house.url}/api/internal/stores/${shop.id}/orders/${order_id}/refunds`
  const ask = (body: object) =>
    fetch(path, {
      method: 'POST',
      headers: {
        'x-internal-secret': house.secret,
        'content-type': 'application/json',
        'idempotency-key': 'k1',
      },
      body: JSON.stringify(body),
    })
  expect((await ask({ amount: 100, commission: 'keep' })).status).toBe(201)
  expect((await ask({ amount: 100, commission: 'keep' })).status).toBe(201)
  expect((await ask({ amount: 100, commission: 'return' })).status).toBe(409)
  expect((await orderOf(house, shop, order_id)).amount_refunded).toBe(100)
})
