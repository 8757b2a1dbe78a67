import { afterAll, beforeAll, expect, test } from 'vitest'
import { shareOrder } from '../../src/marketplace/sharing.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connectedVendor, linesOf, refund, shared } from '../harness/market.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { fault, noFaults } from '../harness/sandbox-control.ts'
import { openShop, type Shop } from '../harness/shop.ts'
import { type Browser, signedIn } from '../owners/browser.ts'
import { read } from './reading.ts'

let house: House
let shop: Shop
let owner: Browser

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  await connectedVendor(house, shop, 'boats')
  owner = await signedIn(house)
})
afterAll(() => house.close())

const orderPage = async (orderId: string) =>
  read((await owner.get(`/portal/${shop.id}/orders/${orderId}`)).text)

/** An order of which 50.00 were refunded, and Stripe has not taken back the vendor's 45.00. */
async function notTakenBack(): Promise<string> {
  const { order_id } = await paidOrder(house, shop, linesOf([['boats', 10_000]]))
  await shared(house, shop, order_id)
  await fault(house, shop, 'POST /v1/application_fees/*/refunds', 'reset', { times: 99 })
  await refund(house, shop, order_id, { amount: 5_000 })
  await shareOrder(house.deps, { store_id: shop.id, id: order_id })
  return order_id
}

test('what Stripe does not take back from a vendor is shown with why, and is gone once it did', async () => {
  const id = await notTakenBack()
  const text = await orderPage(id)
  expect(text).toContain('€45.00 was not taken back from The boats')
  expect(text).toContain('Stripe did not answer. It is tried again each hour; there is nothing to do.')
  await noFaults(house, shop)
  await shareOrder(house.deps, { store_id: shop.id, id })
  expect(await orderPage(id)).not.toContain('was not taken back')
})

test.each([
  ['balance_insufficient', 'too little money in the vendor’s Stripe account', 'once the vendor has sold'],
  ['missing_permission', 'The key that took this payment may not do it', 'Give that key the right'],
  ['invalid_key', 'no longer accepts the key', 'Connect a key of the same Stripe account'],
  ['transfer_locked', 'Stripe refused it (transfer locked)', 'Open the transfer in Stripe’s dashboard'],
])('refused for %s, it says what helps', async (failure, why, next) => {
  const id = await notTakenBack()
  await noFaults(house, shop)
  await house.deps.db
    .updateTable('share_refunds')
    .set({ failure })
    .where('store_id', '=', shop.id)
    .where('state', '=', 'pending')
    .execute()
  const text = await orderPage(id)
  expect(text).toContain(why)
  expect(text).toContain(next)
  await shareOrder(house.deps, { store_id: shop.id, id })
})

test('a vendor that Stripe cannot pay any more is to be paid by hand, and it says so', async () => {
  const { order_id } = await paidOrder(house, shop, linesOf([['boats', 10_000]]))
  await shared(house, shop, order_id)
  const share = house.deps.db.updateTable('shares').where('order_id', '=', order_id)
  await share.set({ way: 'manual_payout', transfer: null, failure: 'account_invalid' }).execute()
  const text = await orderPage(order_id)
  expect(text).toContain('€90.00 did not reach The boats')
  expect(text).toContain('Stripe refused it (account invalid). Stripe cannot pay this vendor. Pay by hand')
  await share.set({ settled_at: new Date() }).execute()
  expect(await orderPage(order_id)).not.toContain('did not reach')
})
