import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CURRENCIES, MAXIMUM_CHARGE, minimumCharge, stepOf } from '../../src/lib/money.ts'
import { AmountOutOfRange, refuseUnchargeable } from '../../src/orders/pricing.ts'
import { intentAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import { put, reprice } from '../harness/pricing.ts'
import {
  type Checkout,
  confirm,
  internal,
  json,
  openCheckout,
  openShop,
  orderOf,
  pay,
  type Shop,
} from '../harness/shop.ts'

let house: House
let shop: Shop
beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  await put(house, shop.id, 'discounts/TEN', { percentage: '10' })
})
afterAll(() => house.close())

/** The order's PaymentIntents at Stripe that can still be paid or were. */
async function intentsOf({ order_id }: Checkout, of = shop) {
  const rows = await house.deps.db
    .selectFrom('payments')
    .select(['payment_intent', 'amount'])
    .where('order_id', '=', order_id)
    .execute()
  const intents = await Promise.all(rows.map(row => intentAtStripe(house, of, row.payment_intent!)))
  return intents.filter(({ status }) => status !== 'canceled')
}

describe('an order and its PaymentIntent', () => {
  test('have one amount after the code is applied to an order that is being paid', async () => {
    const checkout = await openCheckout(house, shop)
    const first = await pay(house, checkout.token)
    expect(first.body.amount).toBe(4890)
    expect((await reprice(house, checkout.token, 'discount', { code: 'TEN' })).body.amount).toBe(4401)
    const second = await pay(house, checkout.token)
    expect([second.body.amount, second.body.client_secret === first.body.client_secret]).toEqual([
      4401,
      false,
    ])
    expect((await intentsOf(checkout)).map(({ amount }) => amount)).toEqual([4401])

    // The other tab still has the old one: nothing can be paid with it.
    const stale = await confirm(house, shop, first.body.client_secret)
    expect(stale.status).toBe(400)
    await confirm(house, shop, second.body.client_secret)
    await fetch(`${checkout.url}/return`, { redirect: 'manual' })
    const order = await untilPaid(house, shop, checkout.order_id)
    expect([order.amount, order.totals.total]).toEqual([4401, 4401])
    const late = await reprice(house, checkout.token, 'discount')
    expect([late.status, late.body.title]).toEqual([409, 'This checkout cannot be paid any more'])
  })

  test('never differ, however two tabs pay and change the price at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const checkout = await openCheckout(house, shop)
      const acts = [
        () => pay(house, checkout.token),
        () => reprice(house, checkout.token, 'discount', { code: 'TEN' }),
        () => pay(house, checkout.token),
        () => reprice(house, checkout.token, 'discount'),
        () => reprice(house, checkout.token, 'discount', { code: 'TEN' }),
        () => pay(house, checkout.token),
      ]
      const answers = await Promise.all(acts.map(act => act()))
      expect(answers.filter(({ status }) => ![200, 503].includes(status))).toEqual([])
      const last = await pay(house, checkout.token)
      const order = await orderOf(house, shop, checkout.order_id)
      const open = await intentsOf(checkout)
      expect([open.map(({ amount }) => amount), last.body.amount]).toEqual([[order.amount], order.amount])
    }
  })

  test('a payment that was confirmed meanwhile stays what it is', async () => {
    const checkout = await openCheckout(house, shop)
    const { body } = await pay(house, checkout.token)
    await confirm(house, shop, body.client_secret)
    const late = await reprice(house, checkout.token, 'discount', { code: 'TEN' })
    expect(late.status).toBe(409)
    expect(await orderOf(house, shop, checkout.order_id)).toMatchObject({
      status: 'paid',
      amount: 4890,
      discount: null,
    })
    const { body: ten } = await internal(house, 'GET', `/stores/${shop.id}/discounts/TEN`)
    const { body: orders } = await internal(house, 'GET', `/stores/${shop.id}/orders?limit=100`)
    expect(ten.redeemed).toBe(
      orders.data.filter(({ discount }: { discount: object | null }) => discount !== null).length,
    )
  })
})

describe('shipping and tax', () => {
  let seller: Shop
  beforeAll(async () => {
    seller = await openShop(house)
    const terms = {
      'shipping-rates/standard': {
        name: 'Standard',
        amount: '4.90',
        free_from: '45.00',
        countries: ['DE', 'US'],
      },
      'shipping-rates/express': { name: 'Express', amount: '9.90', countries: ['DE'] },
      'tax-rates/default': { name: 'VAT', percentage: '20', inclusive: true },
      'tax-rates/de': { name: 'USt', percentage: '19', inclusive: true, country: 'DE', shipping: true },
      'tax-rates/ny': {
        name: 'Sales tax',
        percentage: '8.875',
        inclusive: false,
        country: 'US',
        region: 'NY',
      },
      'tax-rates/books': { name: 'USt', percentage: '7', inclusive: true, country: 'DE', tax_class: 'books' },
      'discounts/HALF': { percentage: '50' },
    }
    for (const [path, body] of Object.entries(terms)) await put(house, seller.id, path, body)
    await put(house, seller.id, 'products/mug', {
      name: 'Mug',
      price: 1800,
      currency: 'eur',
      tax_class: 'books',
    })
  })
  const open = () => openCheckout(house, seller, { shipping_countries: ['DE', 'US', 'FR'] })
  const ship = (token: string, body: object) => reprice(house, token, 'shipping', body)

  test('follow the address: the rates, the tax in the prices, the tax on top', async () => {
    const { token, order_id } = await open()
    expect((await pay(house, token)).body.title).toBe('The shipping address is missing')
    const german = await ship(token, { country: 'de', postal_code: '10115' })
    expect(german.body).toMatchObject({
      amount: 4890,
      shipping_rate: 'standard',
      shipping_rates: [
        { id: 'standard', name: 'Standard', amount: 0, shown: '€0.00' },
        { id: 'express', name: 'Express', amount: 990, shown: '€9.90' },
      ],
      shown: { subtotal: '€48.90', shipping: '€0.00', tax: null, tax_included: '€4.42', total: '€48.90' },
    })
    const express = await ship(token, { country: 'DE', rate_id: 'express' })
    expect(express.body).toMatchObject({ amount: 5880, shipping_rate: 'express' })
    const american = await ship(token, { country: 'US', region: 'ny' })
    // 8.875 % of 36.00 and of 12.90, each rounded.
    expect(american.body).toMatchObject({
      amount: 4890 + 320 + 114,
      shown: { tax: '€4.34', tax_included: null },
    })
    expect((await pay(house, token)).body.amount).toBe(5324)
    expect(await orderOf(house, seller, order_id)).toMatchObject({
      amount: 5324,
      shipping: { rate_id: 'standard', country: 'US', region: 'NY', tax_rate: null },
      totals: { subtotal: 4890, discount: 0, shipping: 0, tax: 434, tax_included: 0, total: 5324 },
      lines: [
        { tax: 320, tax_rate: { id: 'ny', rate: 88_750, inclusive: false } },
        { tax: 114, tax_rate: { id: 'ny' } },
      ],
    })
  })

  test('a discount can end free shipping, and the tax is on what is left', async () => {
    const { token } = await open()
    await ship(token, { country: 'DE' })
    const half = await reprice(house, token, 'discount', { code: 'HALF' })
    expect(half.body).toMatchObject({
      amount: 2445 + 490,
      shown: { discount: '-€24.45', shipping: '€4.90', tax_included: '€2.99', total: '€29.35' },
    })
  })

  test.each([
    ['a country the session does not name', { country: 'AT' }, 422],
    ['a country no rate goes to', { country: 'FR' }, 422],
    ['a country that is none', { country: 'XX' }, 422],
    ['a rate to another country', { country: 'US', rate_id: 'express' }, 422],
    ['a rate that does not exist', { country: 'DE', rate_id: 'drone' }, 422],
    ['an amount', { country: 'DE', amount: 0 }, 422],
    ['no country', {}, 422],
  ])('%s is refused', async (_name, body, status) => {
    const { token, order_id } = await open()
    expect((await ship(token, body)).status).toBe(status)
    expect((await orderOf(house, seller, order_id)).shipping).toBeNull()
  })

  test('a session that asks for no address takes none', async () => {
    const { token } = await openCheckout(house, seller)
    expect((await ship(token, { country: 'DE' })).status).toBe(422)
  })

  test('another store’s shipping rate is none of this one', async () => {
    const { token } = await openCheckout(house, shop, { shipping_countries: ['DE'] })
    expect((await ship(token, { country: 'DE', rate_id: 'standard' })).status).toBe(422)
    expect((await ship(token, { country: 'DE' })).body).toMatchObject({ amount: 4890, shipping_rates: [] })
  })

  test('a cart of a shop’s page is shipped where the store’s rates go, unless nothing in it is', async () => {
    const till = async (product_id: string) => {
      const post = async (path: string, body: object) =>
        json(
          await fetch(`${house.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        )
      const cart = await post('/api/carts', { store_id: seller.id, lines: [{ product_id, quantity: 1 }] })
      const session = await post('/api/checkout/sessions', { cart_id: cart.id })
      return (await pay(house, session.url.split('/').at(-1))).status
    }
    await put(house, seller.id, 'products/song', {
      name: 'Song',
      price: 900,
      currency: 'eur',
      shippable: false,
    })
    expect([await till('mug'), await till('song')]).toEqual([422, 200])
  })

  test('prices are frozen: later rates reach later orders', async () => {
    const { token, order_id } = await open()
    await ship(token, { country: 'DE', rate_id: 'express' })
    await put(house, seller.id, 'shipping-rates/express', {
      name: 'Express',
      amount: '99.00',
      countries: ['DE'],
    })
    await put(house, seller.id, 'discounts/SMALL', { amount: 100 })
    expect((await reprice(house, token, 'discount', { code: 'SMALL' })).body.amount).toBe(5780)
    expect((await orderOf(house, seller, order_id)).shipping.rate_id).toBe('express')
  })
})

describe('what can be charged', () => {
  const step = (currency: string) => stepOf(currency)
  const least = (currency: string) => Math.ceil(minimumCharge(currency) / step(currency)) * step(currency)
  const most = (currency: string) => Math.floor(MAXIMUM_CHARGE / step(currency)) * step(currency)

  test.each(CURRENCIES)('%s: from the least to the most, and not a step further', currency => {
    const charge = (amount: number) => () => refuseUnchargeable(amount, currency)
    expect(charge(least(currency))).not.toThrow()
    expect(charge(most(currency))).not.toThrow()
    expect(charge(least(currency) - step(currency))).toThrow(AmountOutOfRange)
    expect(charge(most(currency) + step(currency))).toThrow(AmountOutOfRange)
  })
})
