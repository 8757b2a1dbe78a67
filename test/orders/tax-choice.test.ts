import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { put, reprice } from '../harness/pricing.ts'
import { internal, newKeys, openCheckout, openShop, orderOf } from '../harness/shop.ts'
import { BERLIN, register, setUpTax } from '../harness/stripe-tax.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const SHIPPED = { shipping_countries: ['DE'] }

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
