import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whoAsks } from '../../src/orders/pace.ts'
import { MOST_QUESTIONS } from '../../src/orders/work-out-tax.ts'
import { type House, openHouse } from '../harness/house.ts'
import { put, reprice } from '../harness/pricing.ts'
import { confirm, fromSomewhere, openCheckout, orderOf, pay, type Shop } from '../harness/shop.ts'
import {
  BERLIN,
  calculationAtStripe,
  openTaxedShop,
  PARIS,
  returned,
  SAN_FRANCISCO,
} from '../harness/stripe-tax.ts'

let house: House
let shop: Shop
beforeAll(async () => {
  house = await openHouse()
  shop = await openTaxedShop(house)
  await put(house, shop.id, 'shipping-rates/post', { name: 'Post', amount: '5.00' })
  await put(house, shop.id, 'discounts/TEN', { percentage: '10' })
})
afterAll(() => house.close())

const SHIPPED = { shipping_countries: ['DE', 'FR', 'US'] }

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
    const calculation = await calculationAtStripe(house, shop, order)
    expect([calculation.amount_total, calculation.customer_details.address_source]).toEqual([
      6414,
      'shipping',
    ])

    const started = await pay(house, checkout.token)
    expect([started.status, started.body.amount]).toEqual([200, 6414])
    await confirm(house, shop, started.body.client_secret)
    expect(await returned(house, shop, checkout)).toMatchObject({
      amount: 6414,
      totals: { total: 6414, tax: 1024 },
    })
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
    const before = (await orderOf(house, shop, checkout.order_id)).stripe_tax.worked_out.calculation
    const cheaper = await reprice(house, checkout.token, 'discount', { code: 'TEN' })
    expect(cheaper.body.amount).toBeLessThan(home.body.amount)
    const order = await orderOf(house, shop, checkout.order_id)
    expect(order.stripe_tax.worked_out.calculation).not.toBe(before)
    const calculation = await calculationAtStripe(house, shop, order)
    expect([calculation.amount_total, order.amount]).toEqual([cheaper.body.amount, cheaper.body.amount])
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
    const order = await returned(house, shop, checkout)
    const calculation = await calculationAtStripe(house, shop, order)
    expect(calculation.customer_details.address_source).toBe('billing')
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
    const { order_id } = await openCheckout(house, shop, { shipping: BERLIN })
    expect((await orderOf(house, shop, order_id)).totals.tax).toBe(1024)
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
