import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whoAsks } from '../../src/orders/pace.ts'
import { MOST_QUESTIONS } from '../../src/orders/work-out-tax.ts'
import { callStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import { put, reprice } from '../harness/pricing.ts'
import { fault, faultsLeft, noFaults } from '../harness/sandbox-control.ts'
import {
  confirm,
  fromSomewhere,
  internal,
  newKeys,
  openCheckout,
  openShop,
  orderOf,
  pay,
  type Shop,
  until,
} from '../harness/shop.ts'
import { openTaxedShop, register, setUpTax } from '../harness/stripe-tax.ts'
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

const BERLIN = { country: 'DE', postal_code: '10115' }
const SAN_FRANCISCO = { country: 'US', region: 'CA', postal_code: '94103' }
const PARIS = { country: 'FR', postal_code: '75001' }
const SHIPPED = { shipping_countries: ['DE', 'FR', 'US'] }

const calculationOf = (order: { stripe_tax: { worked_out: { calculation: string } } }) =>
  order.stripe_tax.worked_out.calculation

async function settled(checkout: { url: string; order_id: string }, of = shop) {
  await fetch(`${checkout.url}/return`, { redirect: 'manual' })
  return untilPaid(house, of, checkout.order_id)
}

describe('an order under Stripe Tax', () => {
  test('cannot be paid before the tax is known, and costs what Stripe says afterwards', async () => {
    const checkout = await openCheckout(house, shop, SHIPPED)
    const early = await pay(house, checkout.token)
    expect([early.status, early.body.type]).toEqual([422, 'urn:owntill:problem:shipping-missing'])

    const { body } = await reprice(house, checkout.token, 'shipping', BERLIN)
    // (48.90 + 5.00) × 1.19, rounded line by line: 6.84 + 2.45 + 0.95.
    expect([body.amount, body.shown.tax]).toEqual([6414, '€10.24'])
    const order = await orderOf(house, shop, checkout.order_id)
    expect(order.totals).toEqual({
      subtotal: 4890,
      discount: 0,
      shipping: 500,
      tax: 1024,
      tax_included: 0,
      total: 6414,
    })
    expect(order.lines.map((line: { tax: number }) => line.tax)).toEqual([684, 245])
    expect(order.stripe_tax).toMatchObject({
      inclusive: false,
      worked_out: {
        shipping: 95,
        breakdown: [{ country: 'DE', type: 'vat', percentage: '19.0', amount: 1024 }],
      },
    })
    const calculation = await callStripe(house, shop, 'GET', `tax/calculations/${calculationOf(order)}`)
    expect([calculation.body.amount_total, calculation.body.customer_details.address_source]).toEqual([
      6414,
      'shipping',
    ])

    const started = await pay(house, checkout.token)
    expect([started.status, started.body.amount]).toEqual([200, 6414])
    await confirm(house, shop, started.body.client_secret)
    expect(await settled(checkout)).toMatchObject({ amount: 6414, totals: { total: 6414, tax: 1024 } })
  })

  test('is priced anew for another address and a code, and an open payment does not outlive that', async () => {
    const checkout = await openCheckout(house, shop, SHIPPED)
    await reprice(house, checkout.token, 'shipping', BERLIN)
    const first = await pay(house, checkout.token)
    const abroad = await reprice(house, checkout.token, 'shipping', PARIS)
    // Not registered there.
    expect([abroad.body.amount, abroad.body.shown.tax]).toEqual([5390, null])
    expect((await confirm(house, shop, first.body.client_secret)).status).toBe(400)
    const home = await reprice(house, checkout.token, 'shipping', SAN_FRANCISCO)
    const before = calculationOf(await orderOf(house, shop, checkout.order_id))
    const cheaper = await reprice(house, checkout.token, 'discount', { code: 'TEN' })
    expect(cheaper.body.amount).toBeLessThan(home.body.amount)
    const order = await orderOf(house, shop, checkout.order_id)
    expect(calculationOf(order)).not.toBe(before)
    const calculation = await callStripe(house, shop, 'GET', `tax/calculations/${calculationOf(order)}`)
    expect([calculation.body.amount_total, order.amount]).toEqual([cheaper.body.amount, cheaper.body.amount])
    expect((await pay(house, checkout.token)).body.amount).toBe(cheaper.body.amount)
  })

  test('that is sent nowhere is taxed where who pays lives', async () => {
    const checkout = await openCheckout(house, shop)
    const early = await pay(house, checkout.token)
    expect([early.status, early.body.type]).toEqual([422, 'urn:owntill:problem:tax-missing'])
    const page = await fetch(checkout.url).then(answer => answer.text())
    expect(page).toContain('Known once you enter your address')
    expect(page).toContain('Billing address')
    const { body } = await reprice(house, checkout.token, 'billing', BERLIN)
    expect(body.amount).toBe(4890 + 684 + 245)
    const started = await pay(house, checkout.token)
    await confirm(house, shop, started.body.client_secret)
    const order = await settled(checkout)
    const calculation = await callStripe(house, shop, 'GET', `tax/calculations/${calculationOf(order)}`)
    expect(calculation.body.customer_details.address_source).toBe('billing')
    expect(await fetch(checkout.url).then(answer => answer.text())).toContain('€9.29')
  })

  test('whose prices contain the tax costs what they say', async () => {
    const contained = await openTaxedShop(house, { inclusive: true })
    const checkout = await openCheckout(house, contained)
    const { body } = await reprice(house, checkout.token, 'billing', BERLIN)
    expect([body.amount, body.shown.tax, body.shown.tax_included]).toEqual([4890, null, '€7.81'])
  })

  test('goes by the tax code of a product', async () => {
    await put(house, shop.id, 'products/novel', {
      name: 'A novel',
      price: '10.00',
      currency: 'eur',
      tax_code: 'txcd_35010000',
    })
    const checkout = await openCheckout(house, shop, { line_items: [{ product_id: 'novel', quantity: 1 }] })
    expect((await reprice(house, checkout.token, 'billing', BERLIN)).body.amount).toBe(1070)
  })

  test('asks Stripe, which the merchant pays for, only so often', async () => {
    const checkout = await openCheckout(house, shop)
    await house.deps.db
      .updateTable('orders')
      .set({ stripe_tax: sql`jsonb_set(stripe_tax, '{asked}', ${MOST_QUESTIONS - 1}::text::jsonb)` })
      .where('id', '=', checkout.order_id)
      .execute()
    expect((await reprice(house, checkout.token, 'billing', BERLIN)).status).toBe(200)
    // What is known already is not asked.
    expect((await reprice(house, checkout.token, 'billing', BERLIN)).status).toBe(200)
    const { status, body } = await reprice(house, checkout.token, 'billing', PARIS)
    expect([status, body.type]).toEqual([429, 'urn:owntill:problem:too-many-requests'])
    expect((await pay(house, checkout.token)).status).toBe(429)
  })

  test('asks no more for one network than for many shoppers, on whichever of its orders', async () => {
    const address = fromSomewhere()
    const [first, second] = [await openCheckout(house, shop), await openCheckout(house, shop)]
    const ask = (token: string, place: object, from = address) =>
      reprice(house, token, 'billing', place, from)
    expect((await ask(first.token, BERLIN)).status).toBe(200)
    // As after sixty more.
    await sql`
      update paces set level = 60
      where kind = 'tax' and who = ${whoAsks(shop.id, address['x-forwarded-for'])}`.execute(house.deps.db)
    const slow = await ask(second.token, BERLIN)
    expect([slow.status, slow.body.type]).toEqual([429, 'urn:owntill:problem:too-many-requests'])
    expect(slow.body.detail).toMatch(/^Nothing was charged. Try again in \d+ seconds.$/)
    const pressed = await fetch(`${house.url}/checkout/${second.token}/pay`, {
      method: 'POST',
      headers: { origin: house.url, 'content-type': 'application/json', ...address },
      body: '{}',
    })
    expect(pressed.status).toBe(429)
    // What is known is not asked; others, and partners, do not wait.
    expect((await ask(first.token, BERLIN)).status).toBe(200)
    expect((await ask(second.token, BERLIN, fromSomewhere())).status).toBe(200)
    expect((await openCheckout(house, shop, { shipping: BERLIN })).token).toBeDefined()
  })

  test('that costs nothing asks nobody', async () => {
    await put(house, shop.id, 'discounts/FREE', { percentage: '100' })
    const checkout = await openCheckout(house, shop, { discount_code: 'FREE' })
    expect((await pay(house, checkout.token, { email: 'a@example.com' })).body).toEqual({
      client_secret: null,
      amount: 0,
    })
  })
})

describe('the tax is recorded at Stripe', () => {
  const associationOf = async (order: { payment_intent: string }) =>
    (await callStripe(house, shop, 'GET', `tax/associations/find?payment_intent=${order.payment_intent}`))
      .body

  test('once with the payment, and taken off with each refund', async () => {
    const checkout = await openCheckout(house, shop)
    await reprice(house, checkout.token, 'billing', BERLIN)
    const started = await pay(house, checkout.token)
    await confirm(house, shop, started.body.client_secret)
    const order = await settled(checkout)
    const { tax_transaction_attempts: made } = await associationOf(order)
    expect(made).toMatchObject([{ source: order.payment_intent, status: 'committed' }])
    const sold = await callStripe(
      house,
      shop,
      'GET',
      `tax/transactions/${made[0].committed.transaction}/line_items`,
    )
    expect(sold.body.data.map((line: { amount_tax: number }) => line.amount_tax)).toEqual([684, 245])

    await internal(house, 'POST', `/stores/${shop.id}/orders/${order.id}/refunds`, { amount: 1000 })
    await internal(house, 'POST', `/stores/${shop.id}/orders/${order.id}/refunds`, {})
    const { tax_transaction_attempts: all } = await associationOf(order)
    expect(all.map((one: { status: string }) => one.status)).toEqual(['committed', 'committed', 'committed'])
    const taxes = await Promise.all(
      all.map(async (one: { committed: { transaction: string } }) => {
        const { body } = await callStripe(
          house,
          shop,
          'GET',
          `tax/transactions/${one.committed.transaction}/line_items`,
        )
        return body.data.reduce((sum: number, line: { amount_tax: number }) => sum + line.amount_tax, 0)
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
      const calculation = await callStripe(house, shop, 'GET', `tax/calculations/${calculationOf(order)}`)
      expect(calculation.body.amount_total).toBe(amount)
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
    expect(await settled(checkout, moved)).toMatchObject({ amount: 4890, totals: { tax: 0 } })
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
      const calculation = await callStripe(house, shop, 'GET', `tax/calculations/${calculationOf(order)}`)
      expect(calculation.body.amount_total).toBe(order.amount)
    }
  })
})

describe('who works out the taxes', () => {
  test('is not Stripe Tax before the account has it, and what is missing is said', async () => {
    const fresh = await openShop(house)
    const choice = { taxes: 'stripe', tax_inclusive: true }
    const refused = await internal(house, 'PUT', `/stores/${fresh.id}/taxes`, choice)
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'Finish setting up Stripe Tax in your Stripe dashboard; it lacks: head office.',
    ])
    await setUpTax(house, fresh)
    const { body } = await internal(house, 'PUT', `/stores/${fresh.id}/taxes`, choice)
    expect(body).toMatchObject({ ...choice, stripe_tax: { standing: 'active', missing: [] } })

    const narrow = await openShop(house, newKeys('NoTax', 'test', 'rk'))
    const lacking = await internal(house, 'PUT', `/stores/${narrow.id}/taxes`, choice)
    expect([lacking.status, lacking.body.detail]).toEqual([
      409,
      expect.stringContaining('“Tax Calculations and Transactions” (write)'),
    ])
  })

  test('can be nobody: the store’s own rates are kept, and not used', async () => {
    const plain = await openShop(house)
    await put(house, plain.id, 'tax-rates/vat', { name: 'VAT', percentage: '19', inclusive: false })
    await put(house, plain.id, 'taxes', { taxes: 'none' })
    const untaxed = await openCheckout(house, plain, { shipping: { country: 'DE' } })
    expect((await orderOf(house, plain, untaxed.order_id)).amount).toBe(4890)
    await put(house, plain.id, 'taxes', { taxes: 'rates' })
    const taxed = await openCheckout(house, plain, { shipping: { country: 'DE' } })
    expect((await orderOf(house, plain, taxed.order_id)).amount).toBeGreaterThan(4890)
  })

  test('is what it was when the order was opened, whatever the store chooses meanwhile', async () => {
    const fickle = await openShop(house)
    await setUpTax(house, fickle)
    await register(house, fickle, 'DE')
    await put(house, fickle.id, 'tax-rates/vat', { name: 'VAT', percentage: '7', inclusive: false })
    const open = async (taxes: string) => {
      await put(house, fickle.id, 'taxes', { taxes })
      return openCheckout(house, fickle, SHIPPED)
    }
    const opened = [await open('none'), await open('rates'), await open('stripe')]
    for (const taxes of ['stripe', 'rates', 'none']) {
      await put(house, fickle.id, 'taxes', { taxes })
      const amounts = []
      for (const { token } of opened) {
        amounts.push((await reprice(house, token, 'shipping', BERLIN)).body.amount)
      }
      // 36.00 and 12.90, with 7 and with 19 %.
      expect(amounts).toEqual([4890, 5232, 5819])
    }
  })

  test('is asked of the store for an order that the release before opened', async () => {
    const plain = await openShop(house)
    await put(house, plain.id, 'tax-rates/vat', { name: 'VAT', percentage: '7', inclusive: false })
    const old = await openCheckout(house, plain, SHIPPED)
    await house.deps.db
      .updateTable('orders')
      .set({ own_rates: null })
      .where('id', '=', old.order_id)
      .execute()
    const amountNow = async () => (await reprice(house, old.token, 'shipping', BERLIN)).body.amount
    expect(await amountNow()).toBe(5232)
    await put(house, plain.id, 'taxes', { taxes: 'none' })
    expect(await amountNow()).toBe(4890)
  })
})
