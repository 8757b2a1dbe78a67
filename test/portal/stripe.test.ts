import { afterAll, beforeAll, expect, test } from 'vitest'
import { continueSyncs } from '../../src/mirror/jobs.ts'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { openShop, type Shop } from '../harness/shop.ts'
import { type Browser, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let base: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
  base = `/portal/${shop.id}`
})
afterAll(() => house.close())

const page = async (path: string) => {
  const { status, text } = await owner.get(`${base}${path}`)
  return { status, html: text }
}

test('the owner has everything fetched, sees how far it is, and then each object', async () => {
  const { intent } = await paidOrder(house, shop)
  const started = await owner.post(`${base}/stripe/sync`, { mode: 'test' })
  expect(started.headers.get('location')).toContain('done=sync')
  expect((await page('/stripe')).html).toContain('Fetching from Stripe')
  expect((await page('/stripe/live')).html).toContain('Fetching from Stripe')
  await continueSyncs(house.deps, { error() {} })

  const kinds = (await page('/stripe')).html
  expect(kinds).not.toContain('Fetching from Stripe')
  expect(kinds).toContain(`${base}/stripe/payment_intent?mode=test`)
  expect((await page('/stripe/payment_intent')).html).toContain(intent)
  const object = (await page(`/stripe/payment_intent/${intent}`)).html
  expect(object).toContain(`https://dashboard.stripe.com/test/payments/${intent}`)
  expect(object).toContain('&quot;amount_received&quot;: 4890')
  expect(object).not.toContain('client_secret')
})

test('the page of an order lists what its payment is at Stripe', async () => {
  const { order_id, intent } = await paidOrder(house, shop)
  await owner.post(`${base}/stripe/sync`, { mode: 'test' })
  await continueSyncs(house.deps, { error() {} })
  const { html } = await page(`/orders/${order_id}`)
  expect(html).toContain(`${base}/stripe/payment_intent/${intent}?mode=test`)
  expect(html).toMatch(new RegExp(`${base}/stripe/charge/ch_\\w+`))
})

test('without Stripe in that mode there is nothing to fetch, and it says so', async () => {
  const answer = await owner.post(`${base}/stripe/sync`, { mode: 'live' })
  expect(answer.headers.get('location')).toContain('done=sync_not_connected')
})

test.each(['/stripe/charge/ch_none', '/stripe/charge?cursor=ch_none', '/stripe/%00/x'])(
  '%s is not found',
  async path => {
    expect((await page(path)).status).toBe(404)
  },
)
