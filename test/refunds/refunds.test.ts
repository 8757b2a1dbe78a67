import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { continueRefunds } from '../../src/refunds/jobs.ts'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder, untilPaid } from '../harness/paid-order.ts'
import { askRefund, refundsAtStripe } from '../harness/refunds.ts'
import { control, loseWebhooks } from '../harness/sandbox-control.ts'
import { openCheckout, openShop, orderOf, type Shop, until } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const refund = (orderId: string, body: unknown, key?: string, of: { id: string } = shop) =>
  askRefund(house, of, orderId, body, key)

test('in full: the money goes back, the order says so, and so does the receipt', async () => {
  const { order_id, intent, token } = await paidOrder(house, shop)
  const { status, body } = await refund(order_id, { reason: 'requested_by_customer' })
  expect([status, body]).toMatchObject([
    201,
    { amount: 4890, currency: 'eur', status: 'succeeded', reason: 'requested_by_customer', order_id },
  ])
  expect(await orderOf(house, shop, order_id)).toMatchObject({
    status: 'refunded',
    amount_refunded: 4890,
    refunds: [{ id: body.id, stripe_refund: body.stripe_refund }],
  })
  expect(await refundsAtStripe(house, shop, intent)).toMatchObject([
    { id: body.stripe_refund, amount: 4890, metadata: { refund_id: body.id, order_id, store_id: shop.id } },
  ])
  expect(await (await fetch(`${house.url}/checkout/${token}`)).text()).toMatch(/Refunded<\/dt><dd>.*48\.90/)
})

test('in parts, as minor units or as an exact decimal, until nothing is left', async () => {
  const { order_id } = await paidOrder(house, shop)
  expect((await refund(order_id, { amount: 1000 })).body.status).toBe('succeeded')
  expect(await orderOf(house, shop, order_id)).toMatchObject({
    status: 'partially_refunded',
    amount_refunded: 1000,
  })
  expect((await refund(order_id, { amount: '38.89' })).body.amount).toBe(3889)
  expect((await refund(order_id, { amount: 2 })).body).toMatchObject({
    title: 'That is more than is left to refund',
    detail: '€0.01 is left.',
  })
  expect((await refund(order_id, {})).body.amount).toBe(1)
  expect(await orderOf(house, shop, order_id)).toMatchObject({ status: 'refunded', amount_refunded: 4890 })
  expect((await refund(order_id, {})).status).toBe(409)
})

test('never more than was paid, however many ask at once', async () => {
  const { order_id, intent } = await paidOrder(house, shop)
  const answers = await Promise.all(Array.from({ length: 20 }, () => refund(order_id, { amount: 2934 })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)])
  expect(await refundsAtStripe(house, shop, intent)).toHaveLength(1)
  expect((await orderOf(house, shop, order_id)).amount_refunded).toBe(2934)
})

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

describe('refunds of the merchant in the dashboard', () => {
  test('arrive and count', async () => {
    const { order_id, intent } = await paidOrder(house, shop)
    const made = await control(house, 'POST', `payments/${intent}/refund`, { amount: 4000 })
    const order = await until(
      () => orderOf(house, shop, order_id),
      ({ status }) => status === 'partially_refunded',
    )
    expect(order).toMatchObject({ amount_refunded: 4000, refunds: [{ stripe_refund: made.id }] })
    expect((await refund(order_id, { amount: 891 })).body.detail).toBe('€8.90 is left.')
  })

  test('are asked for when only the charge tells of them', async () => {
    const quiet = await openShop(house)
    const { order_id, intent } = await paidOrder(house, quiet)
    await loseWebhooks(house, quiet)
    await control(house, 'POST', `payments/${intent}/refund`, { amount: 90 })
    await house.deps.db
      .updateTable('payments')
      .set({ refunds_ask_at: new Date(0) })
      .where('payment_intent', '=', intent)
      .execute()
    await continueRefunds(house.deps)
    expect(await orderOf(house, quiet, order_id)).toMatchObject({
      status: 'partially_refunded',
      amount_refunded: 90,
    })
  })
})

test('a refund that fails later gives the order back to paid, and the amount can be refunded again', async () => {
  const { order_id } = await paidOrder(house, shop)
  const { body } = await refund(order_id, {})
  await control(house, 'POST', `refunds/${body.stripe_refund}/fail`, { reason: 'lost_or_stolen_card' })
  const order = await untilPaid(house, shop, order_id)
  expect(order).toMatchObject({
    amount_refunded: 0,
    refunds: [{ status: 'failed', failure: 'lost_or_stolen_card' }],
  })
  expect((await refund(order_id, {})).body.status).toBe('succeeded')
})
