import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { fromSomewhere, internal, json, newStore, openShop, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

async function call(method: string, path: string, body?: unknown, origin?: string, language = 'en') {
  const response = await fetch(`${house.url}${path}`, {
    method,
    headers: {
      'accept-language': language,
      ...(origin ? { origin } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...fromSomewhere(),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await json(response) }
}

const lines = [{ product_id: 'mug', quantity: 2 }]
const newCart = (change: object = {}, origin?: string) =>
  call('POST', '/api/carts', { store_id: shop.id, lines, ...change }, origin)

test('a cart is priced by the catalogue, can be changed and read, and becomes a checkout', async () => {
  const { status, body } = await newCart({}, 'https://shop.example')
  expect([status, body.amount, body.currency]).toEqual([201, 3600, 'eur'])
  const changed = await call('PATCH', `/api/carts/${body.id}`, {
    lines: [{ product_id: 'beans', quantity: 1 }],
  })
  expect([changed.status, changed.body.amount]).toEqual([200, 1290])
  expect((await call('GET', `/api/carts/${body.id}`)).body).toEqual(changed.body)
  const session = await call('POST', '/api/checkout/sessions', {
    cart_id: body.id,
    success_url: 'https://shop.example/thanks',
  })
  expect([session.status, Object.keys(session.body).sort()]).toEqual([201, ['expires_at', 'id', 'url']])
  expect(await (await fetch(session.body.url)).text()).toContain('€12.90')
})

describe('a cart is refused, and not kept', () => {
  test.each([
    ['with a price', { lines: [{ product_id: 'mug', quantity: 1, price: 1 }] }, 422],
    ['with a currency', { currency: 'usd' }, 422],
    ['with quantity 0', { lines: [{ product_id: 'mug', quantity: 0 }] }, 422],
    ['with quantity 10^9', { lines: [{ product_id: 'mug', quantity: 1e9 }] }, 422],
    ['with a product twice', { lines: [...lines, ...lines] }, 422],
    ['with an unknown product', { lines: [{ product_id: 'yacht', quantity: 1 }] }, 422],
    ['of an unknown store', { store_id: randomUUID() }, 404],
  ])('%s', async (_name, change, wanted) => {
    const count = () => house.deps.db.selectFrom('carts').select('id').execute()
    const before = (await count()).length
    expect((await newCart(change)).status).toBe(wanted)
    expect(await count()).toHaveLength(before)
  })

  test("with another store's product or an inactive one", async () => {
    const other = await newStore(house)
    const product = { name: 'Only there', price: 500, currency: 'eur' }
    await internal(house, 'PUT', `/stores/${other.id}/products/theirs`, product)
    await internal(house, 'PUT', `/stores/${shop.id}/products/gone`, { ...product, active: false })
    for (const product_id of ['theirs', 'gone']) {
      const { status, body } = await newCart({ lines: [{ product_id, quantity: 1 }] })
      expect([status, body.errors]).toEqual([
        422,
        [{ pointer: '/lines/0/product_id', detail: 'is not sold by this store' }],
      ])
    }
  })
})

describe('pages of other origins', () => {
  test.each(['https://evil.example', 'null', 'https://shop.example.evil.example', 'http://shop.example'])(
    '%s can neither read a cart nor check it out',
    async origin => {
      const { body } = await newCart()
      const attempts = [
        await call('GET', `/api/carts/${body.id}`, undefined, origin),
        await call('PATCH', `/api/carts/${body.id}`, { lines: [] }, origin),
        await call('POST', '/api/checkout/sessions', { cart_id: body.id }, origin),
      ]
      for (const { status, headers } of attempts) {
        expect([status, headers.get('access-control-allow-origin')]).toEqual([404, null])
      }
    },
  )

  test('that the store lists may', async () => {
    const { body, headers } = await newCart({}, 'https://shop.example')
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
    const read = await call('GET', `/api/carts/${body.id}`, undefined, 'https://shop.example')
    expect([read.status, read.headers.get('vary')]).toEqual([200, 'origin, accept-language'])
  })

  test('leave no cart behind when the store does not list them', async () => {
    const count = async () => (await house.deps.db.selectFrom('carts').select('id').execute()).length
    const before = await count()
    expect((await newCart({}, 'https://evil.example')).status).toBe(404)
    expect(await count()).toBe(before)
    expect((await newCart({}, 'https://shop.example')).status).toBe(201)
    expect(await count()).toBe(before + 1)
  })
})

describe('who may read why something was refused', () => {
  const shared = ({ status, headers }: Awaited<ReturnType<typeof call>>) => [
    status,
    headers.get('access-control-allow-origin'),
  ]
  const unsold = { lines: [{ product_id: 'yacht', quantity: 1 }] }

  test.each([
    ['https://shop.example', 'https://shop.example'],
    ['https://evil.example', null],
  ])('%s: a product that is not sold, a store that is not connected', async (origin, readable) => {
    expect(shared(await newCart(unsold, origin))).toEqual([422, readable])
    const { body } = await newCart()
    const changed = await call('PATCH', `/api/carts/${body.id}`, unsold, origin)
    expect(shared(changed)).toEqual([readable ? 422 : 404, readable])
    const { id } = await newStore(house)
    const other = await newCart({ store_id: id })
    const session = await call('POST', '/api/checkout/sessions', { cart_id: other.body.id }, origin)
    expect(shared(session)).toEqual([readable ? 409 : 404, readable])
  })

  test('what is about no store may be read anywhere', async () => {
    const origin = 'https://evil.example'
    expect(shared(await call('GET', `/api/carts/${randomUUID()}`, undefined, origin))).toEqual([404, '*'])
    expect(shared(await newCart({ store_id: randomUUID() }, origin))).toEqual([404, '*'])
    expect(shared(await call('GET', '/api/carts/1', undefined, origin))).toEqual([422, '*'])
  })
})

describe('a cart says its amounts ready to show', () => {
  test.each([
    ['eur', 123456, 'en', '€1,234.56'],
    ['eur', 123456, 'de-AT', '1.234,56\u00a0€'],
    ['jpy', 1500, 'en', '¥1,500'],
    ['isk', 150000, 'en', 'ISK\u00a01,500'],
    ['ugx', 150000, 'de', '1.500\u00a0UGX'],
    ['kwd', 12340, 'en', 'KWD\u00a012.340'],
    ['huf', 150050, 'en', 'HUF\u00a01,500.50'],
  ])('%s %d in %s', async (currency, price, language, text) => {
    const { id } = await newStore(house, { currency })
    await internal(house, 'PUT', `/stores/${id}/products/thing`, { name: 'Thing', price, currency })
    const lines = [{ product_id: 'thing', quantity: 1 }]
    const { body } = await call('POST', '/api/carts', { store_id: id, lines }, undefined, language)
    expect([body.amount, body.amount_shown, body.lines[0].unit_shown]).toEqual([price, text, text])
  })
})

test('an empty cart, and one of an unconnected store, cannot be checked out', async () => {
  const empty = await newCart({ lines: [] })
  const nothing = await call('POST', '/api/checkout/sessions', { cart_id: empty.body.id })
  expect([nothing.status, nothing.body.title]).toEqual([
    422,
    'There is nothing in the cart that can be bought',
  ])

  const { id } = await newStore(house)
  const { body } = await newCart({ store_id: id })
  const closed = await call('POST', '/api/checkout/sessions', { cart_id: body.id })
  expect([closed.status, closed.body.title]).toEqual([409, 'Store not connected to Stripe'])
})
