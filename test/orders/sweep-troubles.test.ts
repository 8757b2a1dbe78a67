import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sweep } from '../../src/orders/sweep.ts'
import { recoverEvents } from '../../src/webhooks/recovery.ts'
import { type House, openHouse } from '../harness/house.ts'
import { fault, faultsLeft } from '../harness/sandbox-control.ts'
import { connect, orderOf, type Shop } from '../harness/shop.ts'
import {
  endSession,
  makeDue,
  openDeafShop,
  paymentsOf,
  pressedPay,
  secondsUntilAsked,
} from '../harness/sweeping.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  shop = await openDeafShop(house)
})

describe('the backoff', () => {
  test('doubles from two minutes to six hours, and is a column', async () => {
    const { order_id } = await pressedPay(house, shop)
    await endSession(house, order_id, '-10 days')
    expect(await secondsUntilAsked(house, shop)).toBeCloseTo(120, -1)
    for (const seconds of [120, 240, 480]) {
      await makeDue(house, shop)
      await sweep(house.deps)
      expect(Math.abs((await secondsUntilAsked(house, shop)) - seconds)).toBeLessThan(10)
    }
    await house.deps.db.updateTable('payments').set({ asked: 40 }).where('order_id', '=', order_id).execute()
    await makeDue(house, shop)
    await sweep(house.deps)
    expect(Math.abs((await secondsUntilAsked(house, shop)) - 6 * 3_600)).toBeLessThan(10)
  })

  test('never skips the end of a session', async () => {
    const { order_id } = await pressedPay(house, shop)
    await house.deps.db.updateTable('payments').set({ asked: 40 }).where('order_id', '=', order_id).execute()
    await makeDue(house, shop)
    await sweep(house.deps)
    expect(Math.abs((await secondsUntilAsked(house, shop)) - 3_600)).toBeLessThan(10)
  })
})

describe('a merchant whose Stripe fails', () => {
  test('is left alone for a while, all payments of the store, and the question does not count', async () => {
    for (let count = 0; count < 5; count += 1) await pressedPay(house, shop)
    await makeDue(house, shop)
    await fault(house, shop, 'GET /v1/payment_intents/*', '429', { times: 100 })
    const swept = await sweep(house.deps)
    expect(swept.failed).toBeGreaterThan(0)
    expect(swept.failed).toBeLessThanOrEqual(2)
    expect(
      (await paymentsOf(house, shop)).every(
        ({ asked, ask_at }) => asked === 0 && ask_at.getTime() > Date.now(),
      ),
    ).toBe(true)
    // A new payment during the rest waits too.
    await makeDue(house, shop)
    expect((await sweep(house.deps)).asked).toBe(0)
  })

  test('rests longer each time, and is asked again when it answers', async () => {
    const { order_id } = await pressedPay(house, shop, 'pm_card_visa')
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
      await makeDue(house, shop)
      await sweep(house.deps)
      const rest = await rested()
      expect(rest.failures).toBe(failures)
      expect(Math.abs(rest.seconds! - seconds!)).toBeLessThan(5)
      await restOver()
    }
    await makeDue(house, shop)
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
    expect(await rested()).toEqual({ failures: 0, seconds: null })
  })

  test('holds up nobody else', async () => {
    const slow = shop
    for (let count = 0; count < 6; count += 1) await pressedPay(house, slow, 'pm_card_visa')
    const quick = await openDeafShop(house)
    const orders = []
    for (let count = 0; count < 6; count += 1) orders.push(await pressedPay(house, quick, 'pm_card_visa'))
    await makeDue(house, slow)
    await makeDue(house, quick)
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
    const { order_id } = await pressedPay(house, shop, 'pm_card_visa')
    await endSession(house, order_id)
    await makeDue(house, shop)
    await fault(house, shop, 'POST /v1/payment_intents/*/cancel', '503')
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('pending')
    expect(await faultsLeft(house, shop)).toBe(0)
  })
})

test('keys that were replaced: the newest that works of the same account is asked with', async () => {
  const { order_id } = await pressedPay(house, shop, 'pm_card_visa')
  const next = { ...shop.keys, secret_key: `${shop.keys.secret_key}Rolled` }
  expect((await connect(house, shop.id, next)).status).toBe(303)
  await house.deps.db
    .updateTable('connections')
    .set({ secret_key_box: 'gone' })
    .where('store_id', '=', shop.id)
    .where('state', '=', 'replaced')
    .execute()
  await makeDue(house, shop)
  await sweep(house.deps)
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
})

test('no key that works: asked again every ten minutes, and given up after a month', async () => {
  const { order_id } = await pressedPay(house, shop, 'pm_card_visa')
  await house.deps.db
    .updateTable('connections')
    .set({ state: 'invalid' })
    .where('store_id', '=', shop.id)
    .execute()
  await endSession(house, order_id)
  await makeDue(house, shop)
  await sweep(house.deps)
  expect(Math.abs((await secondsUntilAsked(house, shop)) - 600)).toBeLessThan(10)
  expect((await orderOf(house, shop, order_id)).status).toBe('pending')
  await endSession(house, order_id, '31 days')
  await sweep(house.deps)
  expect((await orderOf(house, shop, order_id)).status).toBe('expired')
  // New keys of the same account: its events tell that the order was paid after all.
  const next = { ...shop.keys, secret_key: `${shop.keys.secret_key}Rolled` }
  expect((await connect(house, shop.id, next)).status).toBe(303)
  await recoverEvents(house.deps, { grace: 0 })
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
})
