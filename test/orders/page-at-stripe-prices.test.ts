import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { put } from '../harness/pricing.ts'
import { internal, newKeys, openShop, orderOf, type Shop } from '../harness/shop.ts'
import { goToStripe, openForStripe, pageAtStripe } from '../harness/stripe-page.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

describe('discount, shipping and tax', () => {
  let seller: Shop
  const priced = {
    shipping: { country: 'DE', postal_code: '10115' },
    discount_code: 'spring15',
  }

  beforeAll(async () => {
    seller = await openShop(house)
    await put(house, seller.id, 'tax-rates/vat', {
      name: 'VAT 19 %',
      percentage: '19',
      inclusive: false,
      shipping: true,
    })
    await put(house, seller.id, 'shipping-rates/post', {
      name: 'Post',
      amount: '4.90',
      countries: ['DE'],
    })
    await put(house, seller.id, 'discounts/SPRING15', { percentage: '15' })
  })

  test('come to exactly our total, and Stripe’s page shows each', async () => {
    const checkout = await openForStripe(house, seller, priced)
    const { amount, totals } = await orderOf(house, seller, checkout.order_id)
    expect(totals).toMatchObject({ subtotal: 4890, discount: 734, shipping: 490 })
    const page = await pageAtStripe(house, seller, (await goToStripe(house, checkout.token)).url)
    expect(page).toMatchObject({
      amount_total: amount,
      total_details: { amount_discount: 734, amount_shipping: 490 },
      shipping_address_collection: { allowed_countries: ['DE'] },
    })
    expect(page.line_items.data.at(-1)).toMatchObject({
      description: 'VAT 19 %',
      amount_subtotal: totals.tax,
    })
  })

  test('a key that may not make coupons: the lines cost what is left of them', async () => {
    const poor = await openShop(house, newKeys('NoCatalog', 'test', 'rk'))
    await put(house, poor.id, 'discounts/SPRING15', { percentage: '15' })
    const checkout = await openForStripe(house, poor, { discount_code: 'SPRING15' })
    const page = await pageAtStripe(house, poor, (await goToStripe(house, checkout.token)).url)
    expect(page).toMatchObject({ amount_total: 4156, total_details: { amount_discount: 0 } })
    expect(page.line_items.data[0].description).toBe('2 × The mug')
  })

  test.each([
    [{ discount_code: 'NOPE' }, 422],
    [{ shipping: { country: 'FR' } }, 422],
    [{ shipping_countries: ['DE', 'FR'] }, 422],
  ])('what cannot be priced is refused, and no order stays open: %j', async (wrong, status) => {
    const before = (await internal(house, 'GET', `/stores/${seller.id}/orders?status=pending`)).body.data
      .length
    const answer = await internal(house, 'POST', `/stores/${seller.id}/checkout-sessions`, {
      ui: 'stripe',
      line_items: [{ product_id: 'mug', quantity: 1 }],
      success_url: 'https://shop.example/thanks',
      cancel_url: 'https://shop.example/cart',
      ...wrong,
    })
    expect(answer.status).toBe(status)
    const { body } = await internal(house, 'GET', `/stores/${seller.id}/orders?status=pending`)
    expect(body.data).toHaveLength(before)
  })

  test('a code that is for once each needs to know for whom', async () => {
    await put(house, seller.id, 'discounts/ONCE', { percentage: '10', once_per_customer: true })
    await expect(openForStripe(house, seller, { discount_code: 'ONCE' })).rejects.toThrow('/customer_email')
    await openForStripe(house, seller, { discount_code: 'ONCE', customer_email: 'ann@example.com' })
    await expect(
      openForStripe(house, seller, { discount_code: 'ONCE', customer_email: 'ann@example.com' }),
    ).rejects.toThrow('409')
  })
})
