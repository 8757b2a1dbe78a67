import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSecret } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { type House, openHouse } from '../harness/house.ts'
import { internal, newStore, openCheckout, openShop, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop
const otherSecret = newSecret()

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  await addPartner(house.deps.db, 'Another partner', new Secret(otherSecret))
})
afterAll(() => house.close())

describe('every route of a store', () => {
  const routes = (id: string): [string, string, unknown?][] => [
    ['GET', `/stores/${id}`],
    ['PATCH', `/stores/${id}`, { name: 'Stolen' }],
    ['GET', `/stores/${id}/stripe-status`],
    ['POST', `/stores/${id}/connect-links`, {}],
    ['PUT', `/stores/${id}/products/mug`, { name: 'Mug', price: 1, currency: 'eur' }],
    ['GET', `/stores/${id}/products/mug`],
    ['DELETE', `/stores/${id}/products/mug`],
    ['GET', `/stores/${id}/orders`],
    ['GET', `/stores/${id}/orders/${randomUUID()}`],
    [
      'POST',
      `/stores/${id}/checkout-sessions`,
      {
        line_items: [{ product_id: 'mug', quantity: 1 }],
        success_url: 'https://shop.example',
        cancel_url: 'https://shop.example',
      },
    ],
  ]

  test('is closed without a secret, with a wrong one, and before the body is read', async () => {
    for (const [method, path, body] of routes(shop.id)) {
      for (const secret of ['', 'wrong', newSecret(), house.secret.slice(0, -1)]) {
        expect([method, path, (await internal(house, method, path, body, secret)).status]).toEqual([
          method,
          path,
          401,
        ])
      }
    }
  })

  test("does not tell another partner's store from one that does not exist", async () => {
    const unknown = randomUUID()
    const foreign = routes(shop.id)
    for (const [index, [method, path, body]] of routes(unknown).entries()) {
      const nothing = await internal(house, method, path, body, otherSecret)
      const theirs = await internal(house, method, foreign[index]![1], body, otherSecret)
      const strip = ({ status, body }: typeof nothing) => ({ status, ...body, request_id: undefined })
      expect([path, strip(theirs)]).toEqual([path, strip(nothing)])
      expect(theirs.status).toBe(404)
    }
    expect((await internal(house, 'GET', `/stores/${shop.id}`)).body.name).toBe('Test Store')
  })

  test('takes ids that are no UUIDs for unknown', async () => {
    for (const id of ['x', '%00', '..', `${shop.id}x`, "'; drop table stores; --"]) {
      expect((await internal(house, 'GET', `/stores/${encodeURIComponent(id)}`)).status).toBe(404)
    }
  })
})

test('a secret that lacks the scope is told which', async () => {
  const secret = newSecret()
  const partner = await addPartner(house.deps.db, 'Limited', new Secret(secret))
  await house.deps.db
    .updateTable('partner_secrets')
    .set({ scopes: ['orders'] })
    .where('partner_id', '=', partner)
    .execute()
  const { status, body } = await internal(house, 'POST', '/stores', {}, secret)
  expect([status, body.detail]).toEqual([403, 'It lacks the scope "stores".'])
})

describe('creating a store', () => {
  const input = { name: 'A', currency: 'eur', owner_email: 'a@example.com' }

  test('with the same id twice answers the same store, unchanged', async () => {
    const id = randomUUID()
    const first = await internal(house, 'POST', '/stores', { ...input, id })
    const again = await internal(house, 'POST', '/stores', { ...input, id, name: 'B' })
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.body).toEqual(first.body)
    const theirs = await internal(house, 'POST', '/stores', { ...input, id }, otherSecret)
    expect([theirs.status, theirs.body.title]).toEqual([409, 'That store id is already in use'])
  })

  test.each([
    ['currency', { currency: 'xxx' }, '/currency'],
    ['e-mail', { owner_email: 'nobody' }, '/owner_email'],
    ['name with control characters', { name: 'A\u202eB' }, '/name'],
    ['origin with a path', { origins: ['https://shop.example/x'] }, '/origins/0'],
    ['plain http origin', { origins: ['http://shop.example'] }, '/origins/0'],
    ['unknown field', { admin: true }, '/'],
    ['id', { id: 'x' }, '/id'],
  ])('names a wrong %s', async (_name, change, pointer) => {
    const { status, body } = await internal(house, 'POST', '/stores', { ...input, ...change })
    expect(status).toBe(422)
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer])
  })

  test('a body that is not JSON is a 400, in words and without an echo', async () => {
    const response = await fetch(`${house.url}/api/internal/stores`, {
      method: 'POST',
      headers: { 'x-internal-secret': house.secret, 'content-type': 'application/json' },
      body: '{"canary": ',
    })
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    const text = await response.text()
    expect([response.status, text.includes('canary')]).toEqual([400, false])
  })
})

describe('prices', () => {
  test.each([
    ['eur', '12.99', 1299],
    ['eur', 1299, 1299],
    ['jpy', '500', 500],
    ['kwd', '1.230', 1230],
    ['ugx', '5000', 500_000],
  ])('%s %s is %i minor units', async (currency, price, minor) => {
    const { id } = await newStore(house, { currency: 'eur' })
    await house.deps.db.updateTable('stores').set({ currency }).where('id', '=', id).execute()
    const { status, body } = await internal(house, 'PUT', `/stores/${id}/products/p`, {
      name: 'P',
      price,
      currency,
    })
    expect([status, body.price]).toEqual([200, minor])
  })

  test.each([
    ['eur', '12.999'],
    ['eur', -1],
    ['eur', 12.5],
    ['eur', '1e3'],
    ['eur', 'NaN'],
    ['eur', ''],
    ['eur', '12,99'],
    ['eur', 100_000_000],
    ['usd', 100],
  ])('%s %s is refused, not rounded', async (currency, price) => {
    const { status } = await internal(house, 'PUT', `/stores/${shop.id}/products/p`, {
      name: 'P',
      price,
      currency,
    })
    expect(status).toBe(422)
    expect((await internal(house, 'GET', `/stores/${shop.id}/products/p`)).status).toBe(404)
  })
})

describe('a checkout session of a partner', () => {
  const good = {
    line_items: [{ product_id: 'mug', quantity: 1 }],
    success_url: 'https://shop.example/thanks',
    cancel_url: 'https://shop.example/cart',
  }
  const open = (change: object) =>
    internal(house, 'POST', `/stores/${shop.id}/checkout-sessions`, { ...good, ...change })

  test.each([
    ['quantity 0', { line_items: [{ product_id: 'mug', quantity: 0 }] }],
    ['quantity −1', { line_items: [{ product_id: 'mug', quantity: -1 }] }],
    ['quantity 1.5', { line_items: [{ product_id: 'mug', quantity: 1.5 }] }],
    ['quantity 10^9', { line_items: [{ product_id: 'mug', quantity: 1e9 }] }],
    ['a product that is not sold here', { line_items: [{ product_id: 'yacht', quantity: 1 }] }],
    ['a price beside a product', { line_items: [{ product_id: 'mug', quantity: 1, price: 1 }] }],
    ['under the minimum', { line_items: [{ name: 'Gum', price: 10, quantity: 1 }] }],
    ['over the maximum', { line_items: [{ name: 'House', price: 99_999_999, quantity: 2 }] }],
    ['no lines', { line_items: [] }],
    ['lines and a cart', { cart_id: randomUUID() }],
    ['a success_url elsewhere', { success_url: 'https://evil.example/' }],
    ['a success_url of another scheme', { success_url: 'javascript:alert(1)' }],
    ['a locale that is none', { locale: '../../en' }],
  ])('refuses %s, and keeps no order', async (_name, change) => {
    const before = (await internal(house, 'GET', `/stores/${shop.id}/orders`)).body.data.length
    const { status, body } = await open(change)
    expect([status, body.errors ?? body.detail]).toEqual([422, expect.anything()])
    expect((await internal(house, 'GET', `/stores/${shop.id}/orders`)).body.data).toHaveLength(before)
  })

  test('adds up its lines and freezes their prices', async () => {
    const lines = [
      { product_id: 'mug', quantity: 3 },
      { name: 'Engraving', price: '2.50', quantity: 3 },
    ]
    const { status, body } = await open({
      line_items: lines,
      reference: 'booking-7',
      metadata: { seat: '12A' },
    })
    expect(status).toBe(201)
    await internal(house, 'PUT', `/stores/${shop.id}/products/mug`, {
      name: 'Dear mug',
      price: 9900,
      currency: 'eur',
    })
    const order = (await internal(house, 'GET', `/stores/${shop.id}/orders/${body.order_id}`)).body
    expect(order).toMatchObject({
      amount: 3 * 1800 + 3 * 250,
      reference: 'booking-7',
      metadata: { seat: '12A' },
    })
    expect(order.lines.map(({ name }: { name: string }) => name)).toEqual(['The mug', 'Engraving'])
    await internal(house, 'PUT', `/stores/${shop.id}/products/mug`, {
      name: 'The mug',
      price: 1800,
      currency: 'eur',
    })
  })
})

test('the list of orders can be read to its end, newest first, missing none', async () => {
  const lister = await openShop(house)
  const made = []
  for (let n = 0; n < 5; n++) made.push((await openCheckout(house, lister)).order_id)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor ? `&cursor=${cursor}` : ''
    const { body } = await internal(house, 'GET', `/stores/${lister.id}/orders?limit=2${query}`)
    seen.push(...body.data.map(({ id }: { id: string }) => id))
    cursor = body.next_cursor
  } while (cursor)
  expect(seen).toEqual(made.toReversed())
})
