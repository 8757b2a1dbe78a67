import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { continueRefunds } from '../../src/refunds/jobs.ts'
import { disconnectStore } from '../../src/stores/connections.ts'
import { type House, openHouse } from '../harness/house.ts'
import { revokeKey } from '../harness/kept-key.ts'
import { paidOrder, untilPaid } from '../harness/paid-order.ts'
import { askRefund, refundsAtStripe } from '../harness/refunds.ts'
import { control, fault, loseWebhooks } from '../harness/sandbox-control.ts'
import { connect, newKeys, openShop, orderOf, type Shop, until } from '../harness/shop.ts'

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

describe('when Stripe', () => {
  const REFUND = 'POST /v1/refunds'
  const due = (id: string) =>
    house.deps.db
      .updateTable('refunds')
      .set({ ask_at: new Date(0) })
      .where('id', '=', id)
      .execute()

  test('does it but the answer is lost, it is one refund', async () => {
    const flaky = await openShop(house)
    const { order_id, intent } = await paidOrder(house, flaky)
    await fault(house, flaky, REFUND, 'lost_answer')
    const { body } = await refund(order_id, { amount: 500 }, undefined, flaky)
    await until(
      () => orderOf(house, flaky, order_id),
      order => order.amount_refunded === 500,
    )
    expect(await refundsAtStripe(house, flaky, intent)).toMatchObject([
      { amount: 500, metadata: { refund_id: body.id } },
    ])
  })

  test('never answers and the webhook is lost, the job finds out what became of it', async () => {
    const flaky = await openShop(house)
    const { order_id, intent } = await paidOrder(house, flaky)
    await loseWebhooks(house, flaky)
    await fault(house, flaky, REFUND, 'lost_answer')
    await fault(house, flaky, REFUND, 'reset')
    const { body } = await refund(order_id, {}, undefined, flaky)
    expect(body).toMatchObject({ status: 'pending', stripe_refund: null })
    expect((await orderOf(house, flaky, order_id)).status).toBe('paid')
    expect((await refund(order_id, {}, undefined, flaky)).status).toBe(409)

    await due(body.id)
    await continueRefunds(house.deps)
    expect((await orderOf(house, flaky, order_id)).status).toBe('refunded')
    expect(await refundsAtStripe(house, flaky, intent)).toHaveLength(1)
  })

  test('could not be reached at all, the job asks again with the same key', async () => {
    const flaky = await openShop(house)
    const { order_id, intent } = await paidOrder(house, flaky)
    await fault(house, flaky, REFUND, 'reset', { times: 2 })
    const { body } = await refund(order_id, { amount: 100 }, undefined, flaky)
    expect(body.status).toBe('pending')
    expect(await refundsAtStripe(house, flaky, intent)).toEqual([])

    await due(body.id)
    await continueRefunds(house.deps)
    expect(await refundsAtStripe(house, flaky, intent)).toMatchObject([{ metadata: { refund_id: body.id } }])
    expect((await orderOf(house, flaky, order_id)).amount_refunded).toBe(100)
  })

  test('refuses, the caller is told why and the amount is free again', async () => {
    const { order_id, intent } = await paidOrder(house, shop)
    await control(house, 'POST', `payments/${intent}/dispute`, {})
    const { status, body } = await refund(order_id, { amount: 100 })
    expect([status, body.detail]).toEqual([
      409,
      'The shopper disputed the payment. While that lasts, it cannot be refunded.',
    ])
    const { amount_reserved } = await house.deps.db
      .selectFrom('orders')
      .select('amount_reserved')
      .where('id', '=', order_id)
      .executeTakeFirstOrThrow()
    expect(amount_reserved).toBe(0)
    expect((await orderOf(house, shop, order_id)).refunds).toMatchObject([
      { status: 'failed', failure: 'charge_disputed', stripe_refund: null },
    ])
  })

  test('does not let the key refund, that is what is said', async () => {
    const limited = await openShop(house, newKeys('NoRefunds', 'test', 'rk'))
    const { order_id } = await paidOrder(house, limited)
    const { body } = await refund(order_id, {}, undefined, limited)
    expect(body.detail).toContain('lacks the permission')
  })
})

describe('the key that took the payment', () => {
  const replaceKey = async (of: Shop, rest: string) => {
    const secret_key = of.keys.secret_key.replace('Secret', rest)
    expect((await connect(house, of.id, { ...of.keys, secret_key })).status).toBe(303)
  }

  test('refunds it after it was replaced, even by one that may not', async () => {
    const moved = await openShop(house)
    const { order_id, intent } = await paidOrder(house, moved)
    await replaceKey(moved, 'NoRefunds')
    expect((await refund(order_id, {}, undefined, moved)).body.status).toBe('succeeded')
    expect(await refundsAtStripe(house, moved, intent)).toHaveLength(1)
  })

  test('is stood in for by the newer one of the account when Stripe does not know it any more', async () => {
    const rolled = await openShop(house)
    const { order_id, intent } = await paidOrder(house, rolled)
    await replaceKey(rolled, 'Newer')
    await revokeKey(house, rolled)
    expect((await refund(order_id, {}, undefined, rolled)).body.status).toBe('succeeded')
    expect(await refundsAtStripe(house, rolled, intent)).toHaveLength(1)
  })

  test('refunds it after the store was disconnected', async () => {
    const gone = await openShop(house)
    const { order_id } = await paidOrder(house, gone)
    await disconnectStore(house.deps, gone.id, 'test', { kind: 'service' })
    expect((await refund(order_id, {}, undefined, gone)).body.status).toBe('succeeded')
    expect((await orderOf(house, gone, order_id)).status).toBe('refunded')
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
