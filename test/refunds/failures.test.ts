import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { continueRefunds } from '../../src/refunds/jobs.ts'
import { disconnectStore } from '../../src/stores/connections.ts'
import { type House, openHouse } from '../harness/house.ts'
import { revokeKey } from '../harness/kept-key.ts'
import { paidOrder } from '../harness/paid-order.ts'
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
