import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shareOrders } from '../../src/marketplace/sharing.ts'
import { refundFacts } from '../../src/refunds/facts.ts'
import { settleRefunds } from '../../src/refunds/settle.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connectedVendor, linesOf, newVendor, refund, shared } from '../harness/market.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { control } from '../harness/sandbox-control.ts'
import { internal, openShop, orderOf, type Shop, until } from '../harness/shop.ts'
import { type Browser, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let base: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
  base = `/portal/${shop.id}`
  await connectedVendor(house, shop, 'boats')
  await newVendor(house, shop, 'cash', { name: '=Cash, "and" carry' })
})
afterAll(() => house.close())

async function sale(prices: [string | null, number][]) {
  const order = await paidOrder(house, shop, linesOf(prices))
  await shared(house, shop, order.order_id)
  return order
}

const shareOf = async (orderId: string) =>
  (await house.deps.db.selectFrom('shares').selectAll().where('order_id', '=', orderId).executeTakeFirst())!

describe('a payout by hand', () => {
  test('is listed, exported and marked as paid, once', async () => {
    const { order_id, confirmation_code } = await sale([['cash', 10_000]])
    expect((await owner.get(`${base}/payouts`)).text).toContain(confirmation_code)
    const csv = (await owner.get(`${base}/payouts.csv`)).text
    expect(csv).toContain(`"'=Cash, ""and"" carry"`)
    expect(csv).toContain('90.00,0.00,0.00,90.00')

    const { id } = await shareOf(order_id)
    const settle = (due: string) => owner.post(`${base}/payouts/${id}/settle`, { due, note: 'Bank 17' })
    expect((await settle('8999')).location).toContain('done=payout_changed')
    expect((await settle('9000')).location).toContain('done=payout')
    expect((await settle('9000')).location).toContain('done=payout_changed')
    expect((await owner.get(`${base}/payouts`)).text).not.toContain(confirmation_code)
    expect((await owner.get(`${base}/payouts?settled=1`)).text).toContain('Bank 17')
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/orders/${order_id}`)
    expect(body.split.vendors[0].payout).toBe('settled')

    await refund(house, shop, order_id, { amount: 1_000 })
    expect((await owner.get(`${base}/payouts`)).text).toContain('Mark as given back')
    expect((await settle('-900')).location).toContain('done=payout')
    expect(await shareOf(order_id)).toMatchObject({ settled_amount: 8_100 })
  })

  test('is owed again when a refund that Stripe took back for failed after all', async () => {
    const { order_id, confirmation_code } = await sale([['boats', 10_000]])
    const { id } = await refund(house, shop, order_id, { amount: 4_000 })
    const { stripe_refund } = await house.deps.db
      .selectFrom('refunds')
      .select('stripe_refund')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    await settleRefunds(
      house.deps.db,
      { store_id: shop.id, mode: 'test' },
      {
        payment_intent: (await internal(house, 'GET', `/stores/${shop.id}/orders/${order_id}`)).body
          .payment_intent,
        facts: refundFacts([
          {
            id: stripe_refund,
            object: 'refund',
            amount: 4_000,
            currency: 'eur',
            status: 'failed',
            created: 1_800_000_000,
          },
        ]),
        charge_refunded: null,
      },
      'webhook',
    )
    await shareOrders(house.deps)
    const page = (await owner.get(`${base}/payouts`)).text
    expect(page).toContain(confirmation_code)
    expect(page).toContain('€36.00')
  })
})

describe('a statement', () => {
  const month = new Date().toISOString().slice(0, 7)
  const statement = async (vendor: string, of = month) =>
    (await internal(house, 'GET', `/stores/${shop.id}/vendors/${vendor}/statements/${of}`)).body

  test('adds up, and agrees with what the mirror has of Stripe’s transfers', async () => {
    const crafts = await connectedVendor(house, shop, 'crafts')
    await sale([['crafts', 10_000]])
    const two = await sale([
      ['crafts', 5_000],
      ['boats', 5_000],
    ])
    await refund(house, shop, two.order_id, { amount: 1_000 })
    await refund(house, shop, two.order_id, { amount: 1_000, commission: 'keep' })
    const said = await statement('crafts')
    expect(said.entries).toHaveLength(4)
    expect(said.totals).toEqual({
      sales: 15_000,
      refunds: 1_000,
      commission: 1_450,
      amount: 12_550,
      by_stripe: 12_550,
      by_hand: 0,
    })
    expect(said.reconciled).toBe(true)
    await house.deps.db.engine.query(
      `update stripe_objects set object = object || '{"amount": 1}' where type = 'transfer' and object ->> 'destination' = $1`,
      [crafts],
    )
    const differs = await statement('crafts')
    expect(differs.reconciled).toBe(false)
    expect(differs.entries[0].stripe).toBe('differs')
  })

  test('shows what is paid by hand apart, and nothing of other months', async () => {
    const said = await statement('cash')
    expect(said.totals).toMatchObject({ by_stripe: 0 })
    expect(said.totals.by_hand).toBe(said.totals.amount)
    expect((await statement('cash', '2025-01')).entries).toEqual([])
    expect((await internal(house, 'GET', `/stores/${shop.id}/vendors/cash/statements/2026-13`)).status).toBe(
      422,
    )
  })

  test('is a page and a file for the owner', async () => {
    const page = await owner.get(`${base}/vendors/boats/statement?month=${month}`)
    expect(page.text).toContain('In sum')
    const file = await owner.get(`${base}/vendors/boats/statement.csv?month=${month}`)
    expect(file.headers.get('content-type')).toContain('text/csv')
    expect(file.text.split('\r\n')[0]).toContain('at,kind,confirmation_code,order_id')
  })
})

test('a dispute stands in the statement of the vendor whose order it is, and at its desk', async () => {
  await connectedVendor(house, shop, 'disputed')
  const order = await sale([['disputed', 10_000]])
  await control(house, 'POST', `payments/${order.intent}/dispute`, { reason: 'fraudulent' })
  await until(
    () => orderOf(house, shop, order.order_id),
    ({ disputed }) => disputed,
  )
  const month = new Date().toISOString().slice(0, 7)
  const { body } = await internal(house, 'GET', `/stores/${shop.id}/vendors/disputed/statements/${month}`)
  expect(body.disputes).toMatchObject([{ confirmation_code: order.confirmation_code, amount: 10_000 }])
  const vendor = await signedIn(house, 'disputed@vendor.example')
  expect((await vendor.get(`/vendor/${shop.id}/disputed`)).text).toContain('Disputed')
  expect((await vendor.get(`/vendor/${shop.id}/disputed/statement`)).text).toContain('Disputes')
})
