import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sweep } from '../../src/orders/sweep.ts'
import { recoverEvents } from '../../src/webhooks/recovery.ts'
import { intentAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { fault, faultsLeft, loseWebhooks } from '../harness/sandbox-control.ts'
import {
  confirm,
  connect,
  internal,
  openCheckout,
  openShop,
  orderOf,
  pay,
  type Shop,
} from '../harness/shop.ts'
import { intentOf } from '../harness/stripe-event.ts'

let house: House
let shop: Shop

const deaf = async (): Promise<Shop> => {
  const opened = await openShop(house)
  await loseWebhooks(house, opened)
  return opened
}

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  shop = await deaf()
})

/** A checkout on which somebody pressed pay, and with a card also paid. */
async function opened(card?: string, of = shop) {
  const checkout = await openCheckout(house, of)
  const { body } = await pay(house, checkout.token)
  if (card) await confirm(house, of, body.client_secret, card)
  return { ...checkout, intent: await intentOf(house, of, checkout.order_id) }
}

const due = (of = shop) =>
  house.deps.db
    .updateTable('payments')
    .set({ ask_at: sql<Date>`now() - interval '1 second'` })
    .where('store_id', '=', of.id)
    .execute()

const endSession = (orderId: string, ago = '1 minute') =>
  house.deps.db
    .updateTable('checkout_sessions')
    .set({ expires_at: sql<Date>`now() - ${ago}::interval` })
    .where('order_id', '=', orderId)
    .execute()

const payments = (of = shop) =>
  house.deps.db.selectFrom('payments').selectAll().where('store_id', '=', of.id).execute()

const secondsUntilAsked = async () => {
  const [payment] = await payments()
  return Math.round((payment!.ask_at.getTime() - Date.now()) / 1_000)
}

describe('without any webhook', () => {
  test.each([
    ['pm_card_visa', 'paid'],
    ['pm_card_chargeDeclined', 'failed'],
    [undefined, 'pending'],
  ])('a payment with %s is found out: %s', async (card, status) => {
    const { order_id } = await opened(card)
    await due()
    await sweep(house.deps)
    const order = await orderOf(house, shop, order_id)
    expect(order.status).toBe(status)
    expect(order.timeline.map(({ source }: { source: string }) => source)).toEqual(card ? ['sweeper'] : [])
  })

  test('an order that was paid while its session ended is paid, not expired', async () => {
    const { order_id } = await opened('pm_card_visa')
    await endSession(order_id)
    await due()
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  })

  test('one that was not paid expires, and its PaymentIntent is cancelled, so that nobody pays later', async () => {
    const { order_id, intent } = await opened('pm_card_chargeDeclined')
    await endSession(order_id)
    await due()
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('expired')
    expect((await intentAtStripe(house, shop, intent)).status).toBe('canceled')
    expect((await payments())[0]!.closed_at).not.toBeNull()
  })

  test('one on which nobody pressed pay expires without a question to Stripe', async () => {
    const { order_id } = await openCheckout(house, shop)
    await endSession(order_id)
    await fault(house, shop, '* /v1/payment_intents', '500', { times: 5 })
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('expired')
    expect(await faultsLeft(house, shop)).toBe(5)
  })

  test('a payment that the bank still works on never expires', async () => {
    const { order_id } = await opened('pm_usBankAccount_processing')
    await house.deps.db
      .updateTable('orders')
      .set({ status: 'processing' })
      .where('id', '=', order_id)
      .execute()
    await endSession(order_id, '3 days')
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('processing')
  })
})

describe('the backoff', () => {
  test('doubles from two minutes to six hours, and is a column', async () => {
    const { order_id } = await opened()
    await endSession(order_id, '-10 days')
    expect(await secondsUntilAsked()).toBeCloseTo(120, -1)
    for (const seconds of [120, 240, 480]) {
      await due()
      await sweep(house.deps)
      expect(Math.abs((await secondsUntilAsked()) - seconds)).toBeLessThan(10)
    }
    await house.deps.db.updateTable('payments').set({ asked: 40 }).where('order_id', '=', order_id).execute()
    await due()
    await sweep(house.deps)
    expect(Math.abs((await secondsUntilAsked()) - 6 * 3_600)).toBeLessThan(10)
  })

  test('never skips the end of a session', async () => {
    const { order_id } = await opened()
    await house.deps.db.updateTable('payments').set({ asked: 40 }).where('order_id', '=', order_id).execute()
    await due()
    await sweep(house.deps)
    expect(Math.abs((await secondsUntilAsked()) - 3_600)).toBeLessThan(10)
  })
})

describe('a merchant whose Stripe fails', () => {
  test('is left alone for a while, all payments of the store, and the question does not count', async () => {
    for (let count = 0; count < 5; count += 1) await opened()
    await due()
    await fault(house, shop, 'GET /v1/payment_intents/*', '429', { times: 100 })
    const swept = await sweep(house.deps)
    expect(swept.failed).toBeGreaterThan(0)
    expect(swept.failed).toBeLessThanOrEqual(2)
    expect(
      (await payments()).every(({ asked, ask_at }) => asked === 0 && ask_at.getTime() > Date.now()),
    ).toBe(true)
    // A new payment during the rest waits too.
    await due()
    expect((await sweep(house.deps)).asked).toBe(0)
  })

  test('rests longer each time, and is asked again when it answers', async () => {
    const { order_id } = await opened('pm_card_visa')
    const rested = async () => {
      const { failures, resting_until } = await house.deps.db
        .selectFrom('connections')
        .select(['failures', 'resting_until'])
        .where('store_id', '=', shop.id)
        .executeTakeFirstOrThrow()
      return {
        failures,
        seconds: resting_until && Math.round((resting_until.getTime() - Date.now()) / 1_000),
      }
    }
    const restOver = () =>
      house.deps.db
        .updateTable('connections')
        .set({ resting_until: sql<Date>`now() - interval '1 second'` })
        .where('store_id', '=', shop.id)
        .execute()
    await fault(house, shop, 'GET /v1/payment_intents/*', '503', { times: 2 })
    for (const [failures, seconds] of [
      [1, 30],
      [2, 60],
    ]) {
      await due()
      await sweep(house.deps)
      const rest = await rested()
      expect(rest.failures).toBe(failures)
      expect(Math.abs(rest.seconds! - seconds!)).toBeLessThan(5)
      await restOver()
    }
    await due()
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
    expect(await rested()).toEqual({ failures: 0, seconds: null })
  })

  test('holds up nobody else', async () => {
    const slow = shop
    for (let count = 0; count < 6; count += 1) await opened('pm_card_visa', slow)
    const quick = await deaf()
    const orders = []
    for (let count = 0; count < 6; count += 1) orders.push(await opened('pm_card_visa', quick))
    await due(slow)
    await due(quick)
    await fault(house, slow, 'GET /v1/payment_intents/*', 'delay', { times: 100, ms: 20_000 })
    await sweep(house.deps)
    const { resting_until } = await house.deps.db
      .selectFrom('connections')
      .select('resting_until')
      .where('store_id', '=', slow.id)
      .executeTakeFirstOrThrow()
    // The slow one was given up five seconds after the beginning; by then the others had been done with.
    const givenUp = resting_until!.getTime() - 30_000
    for (const { order_id } of orders) {
      const { status, timeline } = await orderOf(house, quick, order_id)
      expect([status, new Date(timeline[0].at).getTime() < givenUp]).toEqual(['paid', true])
    }
  }, 30_000)

  test('a session that ends meanwhile is not called expired before Stripe was asked', async () => {
    const { order_id } = await opened('pm_card_visa')
    await endSession(order_id)
    await due()
    await fault(house, shop, 'POST /v1/payment_intents/*/cancel', '503')
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('pending')
    expect(await faultsLeft(house, shop)).toBe(0)
  })
})

test('several instances share the work: each payment is asked about once', async () => {
  for (let count = 0; count < 12; count += 1) await opened('pm_card_visa')
  await due()
  const swept = await Promise.all([sweep(house.deps), sweep(house.deps), sweep(house.deps)])
  expect(swept.reduce((sum, { asked }) => sum + asked, 0)).toBe(12)
  expect(swept.reduce((sum, { settled }) => sum + settled, 0)).toBe(12)
  expect((await payments()).map(({ asked }) => asked)).toEqual(Array(12).fill(1))
})

test('keys that were replaced: the newest that works of the same account is asked with', async () => {
  const { order_id } = await opened('pm_card_visa')
  const next = { ...shop.keys, secret_key: `${shop.keys.secret_key}Rolled` }
  expect((await connect(house, shop.id, next)).status).toBe(303)
  await house.deps.db
    .updateTable('connections')
    .set({ secret_key_box: 'gone' })
    .where('store_id', '=', shop.id)
    .where('state', '=', 'replaced')
    .execute()
  await due()
  await sweep(house.deps)
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
})

test('no key that works: asked again every ten minutes, and given up after a month', async () => {
  const { order_id } = await opened('pm_card_visa')
  await house.deps.db
    .updateTable('connections')
    .set({ state: 'invalid' })
    .where('store_id', '=', shop.id)
    .execute()
  await endSession(order_id)
  await due()
  await sweep(house.deps)
  expect(Math.abs((await secondsUntilAsked()) - 600)).toBeLessThan(10)
  expect((await orderOf(house, shop, order_id)).status).toBe('pending')
  await endSession(order_id, '31 days')
  await sweep(house.deps)
  expect((await orderOf(house, shop, order_id)).status).toBe('expired')
  // New keys of the same account: its events tell that the order was paid after all.
  const next = { ...shop.keys, secret_key: `${shop.keys.secret_key}Rolled` }
  expect((await connect(house, shop.id, next)).status).toBe(303)
  await recoverEvents(house.deps, { grace: 0 })
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
})

test('pay pressed just as the session ended: nobody is told the secret, and the PaymentIntent is cancelled', async () => {
  const checkout = await openCheckout(house, shop)
  await fault(house, shop, 'POST /v1/payment_intents', 'delay', { ms: 700 })
  const paying = pay(house, checkout.token)
  await new Promise(resolve => setTimeout(resolve, 300))
  await endSession(checkout.order_id)
  await due()
  await sweep(house.deps)
  expect((await orderOf(house, shop, checkout.order_id)).status).toBe('expired')
  expect((await paying).status).toBe(409)
  await sweep(house.deps)
  const intent = await intentOf(house, shop, checkout.order_id)
  expect((await intentAtStripe(house, shop, intent)).status).toBe('canceled')
  expect((await payments())[0]!.client_secret_box).toBeNull()
})

test('the merchant deleted the test data: the order expires all the same', async () => {
  const { order_id } = await opened()
  await house.deps.db
    .updateTable('payments')
    .set({ payment_intent: 'pi_3DeletedWithTheTestData' })
    .where('order_id', '=', order_id)
    .execute()
  await endSession(order_id)
  await due()
  await sweep(house.deps)
  expect((await internal(house, 'GET', `/stores/${shop.id}/orders/${order_id}`)).body.status).toBe('expired')
})
