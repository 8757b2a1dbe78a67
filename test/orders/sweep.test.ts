import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sweep } from '../../src/orders/sweep.ts'
import { intentAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { fault, faultsLeft } from '../harness/sandbox-control.ts'
import { openCheckout, orderOf, pay, type Shop } from '../harness/shop.ts'
import { intentOf } from '../harness/stripe-event.ts'
import { endSession, makeDue, openDeafShop, paymentsOf, pressedPay } from '../harness/sweeping.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  shop = await openDeafShop(house)
})

describe('without any webhook', () => {
  test.each([
    ['pm_card_visa', 'paid'],
    ['pm_card_chargeDeclined', 'failed'],
    [undefined, 'pending'],
  ])('a payment with %s is found out: %s', async (card, status) => {
    const { order_id } = await pressedPay(house, shop, card)
    await makeDue(house, shop)
    await sweep(house.deps)
    const order = await orderOf(house, shop, order_id)
    expect(order.status).toBe(status)
    expect(order.timeline.map(({ source }: { source: string }) => source)).toEqual(card ? ['sweeper'] : [])
  })

  test('an order that was paid while its session ended is paid, not expired', async () => {
    const { order_id } = await pressedPay(house, shop, 'pm_card_visa')
    await endSession(house, order_id)
    await makeDue(house, shop)
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  })

  test('one that was not paid expires, and its PaymentIntent is cancelled, so that nobody pays later', async () => {
    const { order_id, intent } = await pressedPay(house, shop, 'pm_card_chargeDeclined')
    await endSession(house, order_id)
    await makeDue(house, shop)
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('expired')
    expect((await intentAtStripe(house, shop, intent)).status).toBe('canceled')
    expect((await paymentsOf(house, shop))[0]!.closed_at).not.toBeNull()
  })

  test('one on which nobody pressed pay expires without a question to Stripe', async () => {
    const { order_id } = await openCheckout(house, shop)
    await endSession(house, order_id)
    await fault(house, shop, '* /v1/payment_intents', '500', { times: 5 })
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('expired')
    expect(await faultsLeft(house, shop)).toBe(5)
  })

  test('a payment that the bank still works on never expires', async () => {
    const { order_id } = await pressedPay(house, shop, 'pm_usBankAccount_processing')
    await house.deps.db
      .updateTable('orders')
      .set({ status: 'processing' })
      .where('id', '=', order_id)
      .execute()
    await endSession(house, order_id, '3 days')
    await sweep(house.deps)
    expect((await orderOf(house, shop, order_id)).status).toBe('processing')
  })
})

test('several instances share the work: each payment is asked about once', async () => {
  for (let count = 0; count < 12; count += 1) await pressedPay(house, shop, 'pm_card_visa')
  await makeDue(house, shop)
  const swept = await Promise.all([sweep(house.deps), sweep(house.deps), sweep(house.deps)])
  expect(swept.reduce((sum, { asked }) => sum + asked, 0)).toBe(12)
  expect(swept.reduce((sum, { settled }) => sum + settled, 0)).toBe(12)
  expect((await paymentsOf(house, shop)).map(({ asked }) => asked)).toEqual(Array(12).fill(1))
})

test('pay pressed just as the session ended: nobody is told the secret, and the PaymentIntent is cancelled', async () => {
  const checkout = await openCheckout(house, shop)
  await fault(house, shop, 'POST /v1/payment_intents', 'delay', { ms: 700 })
  const paying = pay(house, checkout.token)
  await new Promise(resolve => setTimeout(resolve, 300))
  await endSession(house, checkout.order_id)
  await makeDue(house, shop)
  await sweep(house.deps)
  expect((await orderOf(house, shop, checkout.order_id)).status).toBe('expired')
  expect((await paying).status).toBe(409)
  await sweep(house.deps)
  const intent = await intentOf(house, shop, checkout.order_id)
  expect((await intentAtStripe(house, shop, intent)).status).toBe('canceled')
  expect((await paymentsOf(house, shop))[0]!.client_secret_box).toBeNull()
})

test('the merchant deleted the test data: the order expires all the same', async () => {
  const { order_id } = await pressedPay(house, shop)
  await house.deps.db
    .updateTable('payments')
    .set({ payment_intent: 'pi_3DeletedWithTheTestData' })
    .where('order_id', '=', order_id)
    .execute()
  await endSession(house, order_id)
  await makeDue(house, shop)
  await sweep(house.deps)
  expect((await orderOf(house, shop, order_id)).status).toBe('expired')
})
