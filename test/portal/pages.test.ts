import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import { confirm, internal, openCheckout, openShop, pay, type Shop } from '../harness/shop.ts'
import { type Browser, openBrowser, otherOwner, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let home: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
  home = `/portal/${shop.id}`
})
afterAll(() => house.close())

const PAGES = [
  '',
  '/orders',
  '/payments',
  '/products',
  '/products/new',
  '/products/mug',
  '/deliveries',
  '/settings',
  '/stripe',
  '/stripe/charge',
  '/activity',
]

/** Every form of the portal, with what would change something. */
const FORMS: [string, Record<string, string>][] = [
  ['/settings', { name: 'Stolen', origins: 'https://evil.example' }],
  ['/products/new', { name: 'Stolen', price: '1' }],
  ['/products/mug', { name: 'Stolen', price: '1', image_url: '' }],
  ['/products/mug/active', { active: 'false' }],
  ['/payments/mode', { mode: 'live' }],
  ['/payments/webhook', { mode: 'test', webhook_secret: 'whsec_0123456789abcdef' }],
  ['/payments/disconnect', { mode: 'test' }],
  ['/stripe/sync', { mode: 'test' }],
  ['/demo-checkout', {}],
]

const snapshot = async () => {
  const { db } = house.deps
  const rows = [
    await db.selectFrom('stores').selectAll().where('id', '=', shop.id).execute(),
    await db.selectFrom('products').selectAll().where('store_id', '=', shop.id).orderBy('id').execute(),
    await db.selectFrom('connections').selectAll().where('store_id', '=', shop.id).execute(),
    await db.selectFrom('endpoints').select('id').where('store_id', '=', shop.id).execute(),
    await db.selectFrom('orders').select('id').where('store_id', '=', shop.id).execute(),
    await db.selectFrom('audit').select('id').where('store_id', '=', shop.id).execute(),
  ]
  return JSON.stringify(rows)
}

describe('nobody but the owner', () => {
  test('sees a page: another owner gets the same answer as for a store that does not exist', async () => {
    const other = await otherOwner(house)
    for (const page of PAGES) {
      const theirs = await other.get(home + page)
      const nowhere = await other.get(`/portal/0199d3a0-0000-7000-8000-0000000000ff${page}`)
      expect([theirs.status, nowhere.status]).toEqual([404, 404])
      expect(theirs.text).not.toContain('Test Store')
      const stranger = await openBrowser(house).get(home + page)
      expect([stranger.status, stranger.location]).toEqual([
        303,
        expect.stringContaining('/portal/sign-in?next='),
      ])
    }
  })

  test('changes anything: not another owner, not a stranger, not the owner’s browser for another site', async () => {
    const other = await otherOwner(house)
    const before = await snapshot()
    for (const [path, fields] of FORMS) {
      expect((await other.post(home + path, fields)).status).toBe(404)
      expect((await openBrowser(house).post(home + path, fields)).location).toContain('/portal/sign-in')
      for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
        expect((await owner.post(home + path, fields, origin)).status).toBe(403)
      }
    }
    for (const path of ['/portal/sign-out', '/portal/sign-out-everywhere']) {
      expect((await owner.post(path, {}, 'https://evil.example')).status).toBe(403)
    }
    expect(await snapshot()).toBe(before)
    expect((await owner.get(home)).status).toBe(200)
  })
})

test('every page is there, is never kept by a cache, and runs only our own scripts', async () => {
  for (const page of PAGES) {
    const { status, headers } = await owner.get(home + page)
    expect([page, status]).toEqual([page, 200])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'nonce-[^']+'; style-src 'self'/,
    )
  }
})

test('a paid order shows up: in the figures, in the list, with its timeline', async () => {
  const checkout = await openCheckout(house, shop)
  const { body } = await pay(house, checkout.token, { email: 'ann@example.com' })
  await confirm(house, shop, body.client_secret)
  await untilPaid(house, shop, checkout.order_id)
  expect((await owner.get(home)).text).toContain('€48.90')
  const list = await owner.get(`${home}/orders?status=paid`)
  expect(list.text).toContain(checkout.confirmation_code)
  expect((await owner.get(`${home}/orders?status=expired`)).text).toContain('No such orders')
  const order = await owner.get(`${home}/orders/${checkout.order_id}`)
  for (const part of ['ann@example.com', 'The mug', 'reported by Stripe', '€48.90'])
    expect(order.text).toContain(part)
  expect((await owner.get(`${home}/orders/0199d3a0-0000-7000-8000-0000000000ff`)).status).toBe(404)
  expect((await owner.get(`${home}/orders/nonsense`)).status).toBe(404)
})

describe('settings', () => {
  test('are saved, seen by the partner, and written into the trail without what was not changed', async () => {
    const fields = {
      name: 'New Name',
      logo_url: 'https://shop.example/logo.png',
      color: '#ffd23f',
      support_email: 'help@shop.example',
      support_url: '',
      origins: 'https://shop.example\nhttps://www.shop.example/',
    }
    expect((await owner.post(`${home}/settings`, fields)).location).toBe(`${home}/settings?done=settings`)
    const { body } = await internal(house, 'GET', `/stores/${shop.id}`)
    expect(body).toMatchObject({
      ...fields,
      support_url: null,
      origins: ['https://shop.example', 'https://www.shop.example'],
    })
    expect((await owner.get(`${home}/settings`)).text).toContain('class="preview ink-dark"')
    const before = await snapshot()
    await owner.post(`${home}/settings`, fields)
    expect(await snapshot()).toBe(before)
    expect((await owner.get(`${home}/activity`)).text).toContain('return origins')
  })

  test.each([
    ['name', { name: '  ' }, 'A store needs a name.'],
    ['logo_url', { logo_url: 'javascript:alert(1)' }, 'address of a picture'],
    ['color', { color: 'red' }, 'Write a colour'],
    ['support_email', { support_email: 'nobody' }, 'e-mail address'],
    ['origins', { origins: 'https://shop.example/path' }, 'Write one address a line'],
    ['origins', { origins: 'http://shop.example' }, 'must be https'],
  ])('%s that is not right is said at its field, and what was typed stays', async (field, wrong, said) => {
    const before = await snapshot()
    const typed = {
      name: 'Typed <x-y>',
      origins: '',
      logo_url: '',
      color: '',
      support_email: '',
      support_url: '',
    }
    const page = await owner.post(`${home}/settings`, { ...typed, ...wrong })
    expect(page.status).toBe(422)
    expect(page.text).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
    expect(page.text).toContain(said)
    expect(page.text).not.toContain('<x-y>')
    expect(await snapshot()).toBe(before)
  })
})

describe('products', () => {
  test('are added, changed and taken off sale', async () => {
    const added = await owner.post(`${home}/products/new`, {
      name: 'Café crème, 250 g',
      price: '12,90',
      image_url: '',
    })
    expect(added.location).toBe(`${home}/products?done=product`)
    const path = `${home}/products/cafe-creme-250-g`
    expect((await owner.get(path)).text).toContain('value="12.90"')
    await owner.post(path, { name: 'Café', price: '13', image_url: '' })
    await owner.post(`${path}/active`, { active: 'false' })
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/products/cafe-creme-250-g`)
    expect(body).toMatchObject({ name: 'Café', price: 1300, active: false })
    await owner.post(`${home}/products/new`, { name: 'Cafe creme 250 g', price: '1', image_url: '' })
    expect((await owner.get(`${home}/products/cafe-creme-250-g-2`)).status).toBe(200)
  })

  test.each([
    ['1.234', 'is not an amount'],
    ['free', 'Write the price as a number'],
    ['-1', 'Write the price as a number'],
    ['1e3', 'Write the price as a number'],
    ['10000000', 'is not an amount'],
  ])('a price of %s is refused at its field', async (price, said) => {
    const page = await owner.post(`${home}/products/new`, { name: 'Odd', price, image_url: '' })
    expect(page.status).toBe(422)
    expect(page.text).toMatch(/id="price"[^>]*aria-invalid="true"/)
    expect(page.text).toContain(said)
  })
})

test('no key, secret or code is ever written into the trail', async () => {
  const trail = JSON.stringify(await house.deps.db.selectFrom('audit').selectAll().execute())
  expect(trail).not.toMatch(/[prs]k_(test|live)_|whsec_|\d{4} \d{4}/)
})
