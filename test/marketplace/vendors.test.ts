import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connectedVendor, newVendor } from '../harness/market.ts'
import { internal, newStore, openCheckout, openShop, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const save = (id: string, body: object, storeId = shop.id) =>
  internal(house, 'PUT', `/stores/${storeId}/vendors/${id}`, body)
const POTTERY = { name: 'Harbour Pottery', email: 'clay@harbour.example', country: 'de' }

test('a partner creates, changes, reads and lists vendors', async () => {
  const { body } = await save('pottery', POTTERY)
  expect(body).toMatchObject({
    id: 'pottery',
    country: 'DE',
    business_type: null,
    commission_bps: null,
    stripe_account: null,
    connected: false,
  })
  await save('pottery', { ...POTTERY, commission_bps: 750, business_type: 'company' })
  const read = await internal(house, 'GET', `/stores/${shop.id}/vendors/pottery`)
  expect(read.body).toMatchObject({ commission_bps: 750, business_type: 'company' })
  const { body: list } = await internal(house, 'GET', `/stores/${shop.id}/vendors?limit=1`)
  expect(list.data.map(({ id }: { id: string }) => id)).toEqual(['pottery'])
})

test.each([
  [{ commission_bps: -1 }, '/commission_bps'],
  [{ commission_bps: 10_001 }, '/commission_bps'],
  [{ commission_bps: 12.5 }, '/commission_bps'],
  [{ country: 'XX' }, '/country'],
  [{ email: 'nobody' }, '/email'],
  [{ name: '' }, '/name'],
  [{ business_type: 'pirate' }, '/business_type'],
  [{ stripe_account: 'pottery' }, '/stripe_account'],
])('refuses a vendor with %j, by name', async (wrong, pointer) => {
  const { status, body } = await save('wrong', { ...POTTERY, ...wrong })
  expect(status).toBe(422)
  expect(body.errors[0].pointer).toBe(pointer)
})

test('a vendor of another store is not found', async () => {
  const other = await newStore(house)
  await newVendor(house, other, 'elsewhere')
  for (const path of ['', '/status']) {
    const { status } = await internal(house, 'GET', `/stores/${shop.id}/vendors/elsewhere${path}`)
    expect(status).toBe(404)
  }
  const { status } = await internal(
    house,
    'POST',
    `/stores/${shop.id}/vendors/elsewhere/onboarding-links`,
    {},
  )
  expect(status).toBe(404)
  const product = { name: 'Vase', price: 100, currency: 'eur', vendor_id: 'elsewhere' }
  const refused = await internal(house, 'PUT', `/stores/${shop.id}/products/vase`, product)
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/vendor_id' }] } })
})

describe('a Stripe account that is named', () => {
  test('must be under the store’s own account', async () => {
    const mine = await connectedVendor(house, shop, 'mine')
    const stranger = await openShop(house)
    const foreign = await connectedVendor(house, stranger, 'foreign')
    expect((await save('adopted', { ...POTTERY, stripe_account: mine })).body).toMatchObject({
      stripe_account: mine,
      connected: true,
    })
    for (const account of [foreign, 'acct_1Nobody', shop.keys.account_id]) {
      const refused = await save('adopted-2', { ...POTTERY, stripe_account: account })
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/stripe_account' }] } })
    }
    expect((await internal(house, 'GET', `/stores/${shop.id}/vendors/adopted-2`)).status).toBe(404)
    expect(await listAtStripe(house, shop, 'accounts')).toHaveLength(1)
  })

  test('needs a store that is connected', async () => {
    const bare = await newStore(house)
    const refused = await save('any', { ...POTTERY, stripe_account: 'acct_1Any' }, bare.id)
    expect(refused).toMatchObject({ status: 409, body: { title: 'Store not connected to Stripe' } })
  })
})

describe('an order', () => {
  test('keeps the commission it was made with: the vendor’s own, or else the store’s', async () => {
    await newVendor(house, shop, 'own-rate', { commission_bps: 2_000 })
    await newVendor(house, shop, 'store-rate')
    const line_items = ['own-rate', 'store-rate'].map(vendor_id => ({
      name: 'Tour',
      price: '50.00',
      quantity: 2,
      vendor_id,
    }))
    const { order_id } = await openCheckout(house, shop, { line_items })
    await newVendor(house, shop, 'own-rate', { commission_bps: 0 })
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/orders/${order_id}`)
    expect(body.split).toMatchObject({
      platform: 3_000,
      vendors: [
        { vendor_id: 'own-rate', gross: 10_000, commission_bps: 2_000, commission: 2_000, amount: 8_000 },
        { vendor_id: 'store-rate', gross: 10_000, commission_bps: 1_000, commission: 1_000, amount: 9_000 },
      ],
    })
  })

  test('cannot name a vendor that the store has not', async () => {
    const { status, body } = await internal(house, 'POST', `/stores/${shop.id}/checkout-sessions`, {
      line_items: [{ name: 'Tour', price: 5_000, quantity: 1, vendor_id: 'nobody' }],
      success_url: 'https://shop.example/thanks',
      cancel_url: 'https://shop.example/cart',
    })
    expect(status).toBe(422)
    expect(body.errors[0].pointer).toBe('/line_items/0/vendor_id')
  })

  test('without vendors has no split', async () => {
    const { order_id } = await openCheckout(house, shop)
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/orders/${order_id}`)
    expect(body.split).toBeNull()
  })
})
