import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { reprice } from '../harness/pricing.ts'
import { fault, noFaults } from '../harness/sandbox-control.ts'
import { newKeys, newStore, openCheckout, openShop, type Shop } from '../harness/shop.ts'
import { BERLIN, openTaxedShop, register, setUpTax } from '../harness/stripe-tax.ts'
import { type Browser, openBrowser, signIn } from '../owners/browser.ts'

let house: House
let owner: Browser

beforeAll(async () => {
  house = await openHouse()
  await newStore(house, { owner_email: 'owner@example.com' })
  owner = openBrowser(house)
  await signIn(house, owner, 'owner@example.com')
})
afterAll(() => house.close())

const troubles = async (shop: Shop) =>
  (await owner.get(`/portal/${shop.id}/payments/troubleshooting`)).text.replace(/\s+/g, ' ')

/** A shop that chose Stripe Tax when everything was in order, which is not so any more. */
async function chosen(keys = newKeys()): Promise<Shop> {
  const shop = await openShop(house, keys, { owner_email: 'owner@example.com' })
  await house.deps.db.updateTable('stores').set({ taxes: 'stripe' }).where('id', '=', shop.id).execute()
  return shop
}

test('a store whose Stripe Tax works is told nothing of it, and one without Stripe Tax is not asked', async () => {
  const taxed = await openTaxedShop(house, { owner_email: 'owner@example.com' })
  expect(await troubles(taxed)).not.toContain('Stripe Tax')
  const plain = await openShop(house, newKeys(), { owner_email: 'owner@example.com' })
  expect(await troubles(plain)).not.toContain('Stripe Tax')
})

test('settings that lack something, and then an account without a registration, are said with what to do', async () => {
  const shop = await chosen()
  const pending = await troubles(shop)
  expect(pending).toContain('Stripe Tax works out no taxes: nobody can pay')
  expect(pending).toContain('it lacks: head office')
  await setUpTax(house, shop)
  expect(await troubles(shop)).toContain('there is no place where you are registered')
  await register(house, shop, 'DE')
  expect(await troubles(shop)).not.toContain('Stripe Tax')
})

test('a key that lost the permission is said there and in the table of what the key may do', async () => {
  const shop = await chosen(newKeys('NoTax', 'test', 'rk'))
  const payments = () => owner.get(`/portal/${shop.id}/payments`).then(({ text }) => text)
  expect(await payments()).not.toContain('Tax Calculations and Transactions')
  // The first shopper finds out.
  const checkout = await openCheckout(house, shop)
  const { status } = await reprice(house, checkout.token, 'billing', BERLIN)
  expect(status).toBe(503)
  expect(await payments()).toContain('Without it: Stripe Tax works out no taxes')
  expect(await troubles(shop)).toContain('The restricted key lacks a permission')
})

test('a permission that is given back is seen when it is asked for', async () => {
  const shop = await openTaxedShop(house, { owner_email: 'owner@example.com' })
  await house.deps.db
    .updateTable('connections')
    .set({ permissions: sql`permissions || '{"tax": false}'` })
    .where('store_id', '=', shop.id)
    .execute()
  const payments = () => owner.get(`/portal/${shop.id}/payments`).then(({ text }) => text)
  expect(await payments()).toContain('Without it: Stripe Tax works out no taxes')
  await troubles(shop)
  expect(await payments()).not.toContain('Without it: Stripe Tax works out no taxes')
})

test('that Stripe does not answer is not taken for a trouble of the account', async () => {
  const shop = await openTaxedShop(house, { owner_email: 'owner@example.com' })
  await fault(house, shop, 'GET /v1/tax/settings', '500', { times: 5 })
  expect(await troubles(shop)).toContain('Stripe Tax could not be asked')
  await noFaults(house, shop)
})
