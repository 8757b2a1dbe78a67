import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { connectedVendor, linesOf, newVendor, shared } from '../harness/market.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { internal, openShop, type Shop } from '../harness/shop.ts'
import { type Browser, openBrowser, signedIn, signIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let vendor: Browser
let desk: string
let both: { order_id: string; confirmation_code: string }
let foreign: { confirmation_code: string }

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  await connectedVendor(house, shop, 'boats', { name: 'Lighthouse Boats' })
  await connectedVendor(house, shop, 'crafts', { name: 'Secret Crafts' })
  both = await paidOrder(house, shop, {
    ...linesOf([
      ['boats', 10_000],
      ['crafts', 7_777],
    ]),
    customer_email: 'shopper@mail.example',
  })
  foreign = await paidOrder(house, shop, linesOf([['crafts', 5_000]]))
  await shared(house, shop, both.order_id)
  vendor = openBrowser(house)
  desk = `/vendor/${shop.id}/boats`
  await signIn(house, vendor, 'boats@vendor.example')
})
afterAll(() => house.close())

test('a vendor signs in by a code and comes to its own desk', async () => {
  const fresh = openBrowser(house)
  expect(await signIn(house, fresh, 'boats@vendor.example')).toBe('/portal')
  expect((await fresh.get('/portal')).location).toBe(desk)
  const later = openBrowser(house)
  expect(await signIn(house, later, 'boats@vendor.example', `${desk}/statement`)).toBe(`${desk}/statement`)
})

describe('a vendor sees', () => {
  test('its own part of an order, and nothing of the others or of the shopper', async () => {
    const { text } = await vendor.get(desk)
    expect(text).toContain(both.confirmation_code)
    expect(text).toContain('€90.00')
    expect(text).toContain('By boats')
    for (const other of [
      foreign.confirmation_code,
      'By crafts',
      'Secret Crafts',
      '77.77',
      'shopper@mail.example',
    ]) {
      expect(text).not.toContain(other)
    }
  })

  test('its own statement, as a page and as a file', async () => {
    expect((await vendor.get(`${desk}/statement`)).text).toContain('€90.00')
    const { text } = await vendor.get(`${desk}/statement.csv`)
    expect(text).toContain(both.confirmation_code)
    expect(text).not.toContain(foreign.confirmation_code)
  })

  test('how it stands with Stripe, with the way into its dashboard', async () => {
    expect((await vendor.get(`${desk}/account`)).text).toContain('Connected')
    const answer = await vendor.get(`${desk}/account/dashboard`)
    expect(answer.location).toContain('/console/express/lnk_1')
    await newVendor(house, shop, 'fresh')
    const fresh = await signedIn(house, 'fresh@vendor.example')
    expect((await fresh.get(`/vendor/${shop.id}/fresh/account`)).text).toContain('Not started')
    expect((await fresh.get(`/vendor/${shop.id}/fresh/account/dashboard`)).status).toBe(409)
    expect((await fresh.get(`/vendor/${shop.id}/fresh/account/stripe`)).location).toContain(
      '/console/onboarding/',
    )
  })
})

/** Every route below a path, with its parameters filled in. */
async function routesBelow(prefix: string, params: Record<string, string>): Promise<[string, string][]> {
  const lines = house.app.printRoutes({ commonPrefix: false, includeHooks: false }).split('\n')
  const stack: string[] = []
  const routes: [string, string][] = []
  for (const line of lines) {
    const match = /^([│ ]*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line)
    if (!match) continue
    const depth = match[1]!.length / 4
    stack.length = depth
    stack[depth] = match[2]!
    const path = stack.join('')
    for (const method of match[3]?.split(', ') ?? []) if (path.startsWith(prefix)) routes.push([method, path])
  }
  const fill = (path: string) =>
    path.replace(/:(\w+)/g, (_all, name) => (name === 'store_id' ? shop.id : (params[name] ?? randomUUID())))
  return routes.map(([method, path]) => [method, fill(path)])
}

describe('a vendor is refused', () => {
  test('every page and form of the store’s own portal', async () => {
    const routes = await routesBelow('/portal/:store_id', {
      order_id: both.order_id,
      vendor_id: 'boats',
      product_id: 'mug',
      mode: 'test',
    })
    expect(routes.length).toBeGreaterThan(40)
    for (const [method, path] of routes) {
      if (method !== 'GET' && method !== 'POST') continue
      const answer = await (method === 'GET' ? vendor.get(path) : vendor.post(path))
      expect([method, path, answer.status]).toEqual([method, path, 404])
    }
  })

  test('every page of another vendor, of another store’s vendor of the same name, and of nobody', async () => {
    const stranger = await openShop(house)
    await newVendor(house, stranger, 'boats', { email: 'other@vendor.example' })
    const routes = await routesBelow('/vendor/:store_id/:vendor_id', { vendor_id: 'crafts' })
    expect(routes.length).toBeGreaterThanOrEqual(6)
    const elsewhere = routes.flatMap(([method, path]): [string, string][] => [
      [method, path],
      [method, path.replace('/crafts', '/nobody')],
      [method, path.replace(shop.id, stranger.id).replace('/crafts', '/boats')],
    ])
    for (const [method, path] of elsewhere) {
      if (method !== 'GET') continue
      expect([path, (await vendor.get(path)).status]).toEqual([path, 404])
    }
  })

  test('what it cannot be without signing in: there it is led to the sign-in', async () => {
    const nobody = openBrowser(house)
    expect((await nobody.get(desk)).location).toContain('/portal/sign-in')
  })
})

test('a partner’s link into a store’s portal opens no vendor’s desk', async () => {
  const own = await openShop(house, undefined, { owner_email: 'both@vendor.example' })
  await newVendor(house, own, 'both', { email: 'both@vendor.example' })
  const { body } = await internal(house, 'POST', `/stores/${own.id}/portal-links`, {})
  const browser = openBrowser(house)
  await browser.post(new URL(body.url).pathname)
  expect((await browser.get(`/portal/${own.id}`)).status).toBe(200)
  expect((await browser.get(`/vendor/${own.id}/both`)).status).toBe(404)
})
