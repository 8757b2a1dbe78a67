import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { put } from '../harness/pricing.ts'
import { internal, newStore } from '../harness/shop.ts'

let house: House
let store: { id: string }
beforeAll(async () => {
  house = await openHouse()
  store = await newStore(house)
})
afterAll(() => house.close())

const call = (method: string, path: string, body?: object) =>
  internal(house, method, `/stores/${store.id}/${path}`, body)

const kinds = [
  [
    'shipping-rates/standard',
    { name: 'Standard', amount: '4.90', free_from: 5000, countries: ['de', 'AT', 'DE'] },
  ],
  ['tax-rates/vat', { name: 'VAT', percentage: '8.875', inclusive: false, country: 'US', region: 'ny' }],
  [
    'discounts/spring-15',
    { percentage: '12.5', minimum: '20.00', max_redemptions: 5, once_per_customer: true },
  ],
] as const

describe.each(kinds)('%s', (path, input) => {
  test('is made, read, listed and deleted, and leaves a trail', async () => {
    const made = await call('PUT', path, input)
    expect(made.status).toBe(200)
    expect((await call('GET', path)).body).toEqual(made.body)
    const [list] = path.split('/')
    expect((await call('GET', list!)).body).toEqual({ data: [made.body], next_cursor: null })
    const again = await call('PUT', path, input)
    expect(again.body).toEqual(made.body)
    const gone = await call('DELETE', path)
    expect([gone.status, (await call('GET', path)).status, (await call('DELETE', path)).status]).toEqual([
      204, 404, 404,
    ])
    const noun = { 'shipping-rates': 'shipping_rate', 'tax-rates': 'tax_rate', discounts: 'discount' }[list!]
    const trail = await house.deps.db
      .selectFrom('audit')
      .select('action')
      .where('store_id', '=', store.id)
      .orderBy('id')
      .execute()
    expect(trail.map(({ action }) => action).filter(action => action.startsWith(noun!))).toEqual([
      `${noun}.created`,
      `${noun}.deleted`,
    ])
  })

  test('of another store is not found', async () => {
    await put(house, store.id, path, input)
    const other = await newStore(house)
    for (const method of ['GET', 'DELETE']) {
      expect((await internal(house, method, `/stores/${other.id}/${path}`)).status).toBe(404)
      expect((await internal(house, method, `/stores/${randomUUID()}/${path}`)).status).toBe(404)
    }
    expect((await call('GET', path)).status).toBe(200)
  })
})

test('what was given comes back exact', async () => {
  const rate = await put(house, store.id, 'shipping-rates/exact', kinds[0][1])
  expect(rate).toMatchObject({ amount: 490, free_from: 5000, countries: ['AT', 'DE'], currency: 'eur' })
  const tax = await put(house, store.id, 'tax-rates/exact', { ...kinds[1][1], region: 'nj' })
  expect(tax).toMatchObject({ percentage: '8.875', country: 'US', region: 'NJ', shipping: false })
  const discount = await put(house, store.id, 'discounts/Exact', kinds[2][1])
  expect(discount).toMatchObject({
    code: 'EXACT',
    percentage: '12.5',
    amount: null,
    minimum: 2000,
    redeemed: 0,
  })
})

test('lists come a page at a time', async () => {
  const other = await newStore(house)
  for (const id of ['a', 'b', 'c']) {
    await put(house, other.id, `discounts/${id}`, { amount: 100 })
  }
  const page = (query: string) => internal(house, 'GET', `/stores/${other.id}/discounts?${query}`)
  const first = (await page('limit=2')).body
  const second = (await page(`limit=2&cursor=${first.next_cursor}`)).body
  const codes = [first, second].map(({ data }) => data.map(({ code }: { code: string }) => code))
  expect([codes, first.next_cursor, second.next_cursor]).toEqual([[['A', 'B'], ['C']], 'B', null])
  const products = await internal(house, 'GET', `/stores/${other.id}/products?limit=1`)
  expect([products.body.data.length, products.body.next_cursor]).toEqual([1, 'beans'])
})

test('one tax rate holds for one class at one place', async () => {
  await put(house, store.id, 'tax-rates/de', {
    name: 'USt',
    percentage: '19',
    inclusive: true,
    country: 'DE',
  })
  const twin = { name: 'USt', percentage: '7', inclusive: true, country: 'DE' }
  const refused = await call('PUT', 'tax-rates/de-2', twin)
  expect([refused.status, refused.body.title]).toEqual([
    409,
    'Another tax rate is already for that place and class',
  ])
  expect((await call('PUT', 'tax-rates/de-books', { ...twin, tax_class: 'books' })).status).toBe(200)
  expect((await call('PUT', 'tax-rates/de-old', { ...twin, active: false })).status).toBe(200)
})

test.each([
  ['shipping-rates/x', { name: 'X', amount: '4.905' }, '/amount'],
  ['shipping-rates/x', { name: 'X', amount: -1 }, '/amount'],
  ['shipping-rates/x', { name: 'X', amount: 100, countries: ['XX'] }, '/countries/0'],
  ['shipping-rates/x', { name: 'A\u202eB', amount: 100 }, '/name'],
  ['tax-rates/x', { name: 'X', percentage: '101', inclusive: true }, '/percentage'],
  ['tax-rates/x', { name: 'X', percentage: '1.23456', inclusive: true }, '/percentage'],
  ['tax-rates/x', { name: 'X', percentage: 19, inclusive: true }, '/percentage'],
  ['tax-rates/x', { name: 'X', percentage: '19', inclusive: true, region: 'BY' }, '/region'],
  ['discounts/x', {}, '/percentage'],
  ['discounts/x', { percentage: '10', amount: 100 }, '/percentage'],
  ['discounts/x', { percentage: '0' }, '/percentage'],
  ['discounts/x', { percentage: '10.001' }, '/percentage'],
  ['discounts/x', { amount: '1.001' }, '/amount'],
  ['discounts/x', { amount: 100, max_redemptions: 1.5 }, '/max_redemptions'],
  ['discounts/x', { amount: 100, redeemed: 0 }, '/'],
  [
    'discounts/x',
    { amount: 100, starts_at: '2026-02-01T00:00:00Z', ends_at: '2026-01-01T00:00:00Z' },
    '/ends_at',
  ],
  ['discounts/a%20b', { amount: 100 }, '/id'],
])('%s with %j is refused at %s', async (path, body, pointer) => {
  const { status, body: answer } = await call('PUT', path, body)
  expect([status, answer.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([422, [pointer]])
})
