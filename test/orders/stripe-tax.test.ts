import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atStripe, listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { put, reprice } from '../harness/pricing.ts'
import { askRefund } from '../harness/refunds.ts'
import { fault, faultsLeft, noFaults } from '../harness/sandbox-control.ts'
import { confirm, newKeys, openCheckout, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import {
  BERLIN,
  calculationAtStripe,
  openTaxedShop,
  PARIS,
  register,
  returned,
  SAN_FRANCISCO,
  setUpTax,
} from '../harness/stripe-tax.ts'
import { signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
beforeAll(async () => {
  house = await openHouse()
  shop = await openTaxedShop(house)
  await put(house, shop.id, 'shipping-rates/post', { name: 'Post', amount: '5.00' })
  await put(house, shop.id, 'discounts/TEN', { percentage: '10' })
})
afterAll(() => house.close())

describe('the tax is recorded at Stripe', () => {
  const associationOf = (order: { payment_intent: string }) =>
    atStripe(house, shop, `tax/associations/find?payment_intent=${order.payment_intent}`)

  test('once with the payment, and taken off with each refund', async () => {
    const checkout = await openCheckout(house, shop)
    await reprice(house, checkout.token, 'billing', BERLIN)
    const started = await pay(house, checkout.token)
    await confirm(house, shop, started.body.client_secret)
    const order = await returned(house, shop, checkout)
    const { tax_transaction_attempts: made } = await associationOf(order)
    expect(made).toMatchObject([{ source: order.payment_intent, status: 'committed' }])
    const sold = await listAtStripe(
      house,
      shop,
      `tax/transactions/${made[0].committed.transaction}/line_items`,
    )
    expect(sold.map((line: { amount_tax: number }) => line.amount_tax)).toEqual([684, 245])

    await askRefund(house, shop, order.id, { amount: 1000 })
    await askRefund(house, shop, order.id, {})
    const { tax_transaction_attempts: all } = await associationOf(order)
    expect(all.map((one: { status: string }) => one.status)).toEqual(['committed', 'committed', 'committed'])
    const taxes = await Promise.all(
      all.map(async (one: { committed: { transaction: string } }) => {
        const lines = await listAtStripe(
          house,
          shop,
          `tax/transactions/${one.committed.transaction}/line_items`,
        )
        return lines.reduce((sum: number, line: { amount_tax: number }) => sum + line.amount_tax, 0)
      }),
    )
    expect(taxes[0]).toBe(929)
    expect(taxes[1] + taxes[2]).toBe(-929)
  })
})

describe('when Stripe Tax does not answer', () => {
  const CALCULATE = 'POST /v1/tax/calculations'

  test.each(['500', '429', 'reset', 'half_body', 'delay'])(
    '%s: nobody is sold anything untaxed, and asking again goes on',
    async kind => {
      const checkout = await openCheckout(house, shop)
      await fault(house, shop, CALCULATE, kind, { times: 20, ...(kind === 'delay' && { ms: 7_000 }) })
      const refused = await reprice(house, checkout.token, 'billing', BERLIN)
      expect([refused.status, refused.body.type]).toEqual([503, 'urn:owntill:problem:tax-unavailable'])
      const unpaid = await pay(house, checkout.token)
      // A calculation of which only the answer was lost is found again.
      expect(unpaid.body.amount ?? unpaid.body.type).toBeOneOf([5819, 'urn:owntill:problem:tax-unavailable'])
      await noFaults(house, shop)
      expect((await reprice(house, checkout.token, 'billing', BERLIN)).body.amount).toBe(5819)
    },
    60_000,
  )

  test('a lost answer is asked for again, and is the same calculation', async () => {
    const checkout = await openCheckout(house, shop)
    await fault(house, shop, CALCULATE, 'lost_answer', { times: 1 })
    expect((await reprice(house, checkout.token, 'billing', BERLIN)).body.amount).toBe(5819)
  })

  test('of an order that had its tax, the old one is not taken for a new address', async () => {
    const checkout = await openCheckout(house, shop)
    await reprice(house, checkout.token, 'billing', PARIS)
    await fault(house, shop, CALCULATE, '429', { times: 20 })
    expect((await reprice(house, checkout.token, 'billing', BERLIN)).status).toBe(503)
    expect((await pay(house, checkout.token)).body.type).toBe('urn:owntill:problem:tax-unavailable')
    await noFaults(house, shop)
    expect((await pay(house, checkout.token)).body.amount).toBe(5819)
  })

  test('about a code that was applied or taken off, pressing pay asks again', async () => {
    const checkout = await openCheckout(house, shop)
    await reprice(house, checkout.token, 'billing', BERLIN)
    for (const [code, amount] of [
      [{ code: 'TEN' }, 5238],
      [undefined, 5819],
    ] as const) {
      await fault(house, shop, CALCULATE, '429', { times: 20 })
      expect((await reprice(house, checkout.token, 'discount', code)).status).toBe(503)
      await noFaults(house, shop)
      const started = await pay(house, checkout.token)
      expect([started.status, started.body.amount]).toEqual([200, amount])
      const order = await orderOf(house, shop, checkout.order_id)
      const calculation = await calculationAtStripe(house, shop, order)
      expect(calculation.amount_total).toBe(amount)
    }
  })

  test('an address that Stripe cannot place is said at the address', async () => {
    const checkout = await openCheckout(house, shop)
    const { status, body } = await reprice(house, checkout.token, 'billing', {
      country: 'US',
      postal_code: '00000',
    })
    expect([status, body.type, body.errors[0].pointer]).toEqual([
      422,
      'urn:owntill:problem:tax-location-unknown',
      '/postal_code',
    ])
  })
})

describe('another account', () => {
  const connectAnother = async ({ id }: Shop, keys: ReturnType<typeof newKeys>) => {
    const browser = await signedIn(house)
    return browser.post('/stripe/connect', { store_id: id, ...keys })
  }
  const taxedAt = async (keys: ReturnType<typeof newKeys>, ...countries: string[]) => {
    await setUpTax(house, { keys })
    for (const country of countries) await register(house, { keys }, country)
    return keys
  }

  test('that takes payments by then works the tax out again, and the price is its own', async () => {
    const moved = await openTaxedShop(house)
    const checkout = await openCheckout(house, moved)
    expect((await reprice(house, checkout.token, 'billing', BERLIN)).body.amount).toBe(5819)
    // Stripe was asked for the payment, and its answer was lost.
    await fault(house, moved, 'POST /v1/payment_intents', 'reset', { times: 20 })
    expect((await pay(house, checkout.token)).status).toBe(503)

    // Registered in France only: there is no tax in Berlin.
    const keys = await taxedAt(newKeys(), 'FR')
    expect((await connectAnother(moved, keys)).status).toBe(303)
    const started = await pay(house, checkout.token)
    expect([started.status, started.body.amount]).toEqual([200, 4890])
    await confirm(house, { ...moved, keys }, started.body.client_secret)
    expect(await returned(house, moved, checkout)).toMatchObject({ amount: 4890, totals: { tax: 0 } })
  })

  test('is the only one that is paid: what the one before answers late is told to nobody', async () => {
    const moved = await openTaxedShop(house)
    const checkout = await openCheckout(house, moved)
    await reprice(house, checkout.token, 'billing', BERLIN)
    await fault(house, moved, 'POST /v1/payment_intents', 'delay', { ms: 5_000 })
    const late = pay(house, checkout.token)
    await until(
      () => faultsLeft(house, moved),
      left => left === 0,
    )
    await connectAnother(moved, await taxedAt(newKeys(), 'FR'))
    expect((await pay(house, checkout.token)).body.amount).toBe(4890)
    expect((await late).body.type).toBe('urn:owntill:problem:unavailable')
  })

  test('leaves a payment that is open what it is', async () => {
    const moved = await openTaxedShop(house)
    const checkout = await openCheckout(house, moved)
    await reprice(house, checkout.token, 'billing', BERLIN)
    const before = await pay(house, checkout.token)
    expect((await connectAnother(moved, await taxedAt(newKeys(), 'FR'))).status).toBe(303)
    expect(await pay(house, checkout.token)).toEqual(before)
  })
})

describe('two tabs', () => {
  test('that say two addresses at once leave one price, and its calculation', async () => {
    for (let round = 0; round < 3; round += 1) {
      const checkout = await openCheckout(house, shop)
      await Promise.all([
        reprice(house, checkout.token, 'billing', BERLIN),
        reprice(house, checkout.token, 'billing', SAN_FRANCISCO),
        pay(house, checkout.token),
      ])
      const order = await orderOf(house, shop, checkout.order_id)
      const calculation = await calculationAtStripe(house, shop, order)
      expect(calculation.amount_total).toBe(order.amount)
    }
  })
})
