import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cursorsOf } from '../../src/mirror/cursors.ts'
import { refetchUnsure } from '../../src/mirror/refetch.ts'
import { runSync, startSync } from '../../src/mirror/sync.ts'
import { API_VERSION, makeStripeAccess } from '../../src/stripe/stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { revokeKey } from '../harness/kept-key.ts'
import { fault, faultsLeft, loseWebhooks } from '../harness/sandbox-control.ts'
import { connect, newKeys, openShop, type Shop, until } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  shop = await openShop(house)
  await loseWebhooks(house, shop)
})

const SERVICE = { kind: 'service' } as const
const place = (of = shop) => ({ store_id: of.id, mode: 'test' }) as const

/** What the owner does at Stripe. */
async function stripe(method: string, path: string, params: Record<string, string> = {}, of = shop) {
  const query = new URLSearchParams(params)
  const response = await fetch(
    `${house.deps.config.stripe.apiUrl}/v1/${path}${method === 'GET' ? `?${query}` : ''}`,
    {
      method,
      headers: { authorization: `Bearer ${of.keys.secret_key}`, 'stripe-version': API_VERSION },
      ...(method === 'POST' ? { body: query } : {}),
    },
  )
  return (await response.json()) as Record<string, unknown> & { id: string; data: Record<string, unknown>[] }
}

async function customers(count: number): Promise<void> {
  for (let n = 0; n < count; n += 20) {
    const names = Array.from({ length: Math.min(20, count - n) }, (_, i) => `Customer ${n + i}`)
    await Promise.all(names.map(name => stripe('POST', 'customers', { name })))
  }
}

const mirrored = (type: string, of = shop) =>
  house.deps.db
    .selectFrom('stripe_objects')
    .select(['id', 'object', 'deleted', 'unsure'])
    .where('store_id', '=', of.id)
    .where('type', '=', type)
    .orderBy('id')
    .execute()

const state = async (of = shop) =>
  Object.fromEntries((await cursorsOf(house.deps.db, place(of))).map(cursor => [cursor.type, cursor]))

async function sync(types?: string[], since?: Date | 'last') {
  await startSync(house.deps, shop, 'test', { types, since }, SERVICE)
  return runSync(house.deps, place())
}

test('after many objects the planner knows the mirror, and finds one by its key', async () => {
  await customers(500)
  await sync(['customer'])
  const { engine } = house.deps.db
  const table = await engine.query<{ rows: number }>(
    "select reltuples::int as rows from pg_class where relname = 'stripe_objects'",
  )
  expect(table.rows[0]!.rows).toBeGreaterThanOrEqual(500)
  const plan = await engine.query(
    `explain update stripe_objects set deleted = true
     where store_id = '${shop.id}' and mode = 'test' and account = '' and type = 'customer' and id = 'cus_1'`,
  )
  expect(JSON.stringify(plan.rows)).toContain('stripe_objects_pkey')
})

test('everything that Stripe has is in the mirror afterwards, exactly as Stripe shows it', async () => {
  await customers(3)
  const product = await stripe('POST', 'products', { name: 'Mug' })
  await stripe('POST', 'prices', { product: product.id, currency: 'eur', unit_amount: '1800' })
  await stripe('POST', 'payment_intents', { amount: '4890', currency: 'eur' })
  expect(await sync()).toBe(true)
  for (const [type, path] of [
    ['customer', 'customers'],
    ['product', 'products'],
    ['price', 'prices'],
    ['payment_intent', 'payment_intents'],
  ] as const) {
    const { data } = await stripe('GET', path, { limit: '100' })
    const shown = data.map(({ client_secret: _, ...object }) => object)
    expect(shown.length).toBeGreaterThan(0)
    expect((await mirrored(type)).map(({ object }) => object)).toEqual(
      shown.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
    )
    expect((await state())[type]).toMatchObject({ state: 'done', done: shown.length, expected: shown.length })
  }
})

test('no client secret is kept', async () => {
  await stripe('POST', 'payment_intents', { amount: '4890', currency: 'eur' })
  await sync(['payment_intent'])
  const [row] = await mirrored('payment_intent')
  expect(JSON.stringify(row)).not.toContain('secret')
})

test('what was deleted while nobody told us is marked once it was asked for', async () => {
  await customers(2)
  await sync(['customer'])
  const [gone] = await mirrored('customer')
  await stripe('DELETE', `customers/${gone!.id}`)
  await sync(['customer'])
  const after = await until(
    async () => {
      await refetchUnsure(house.deps)
      return mirrored('customer')
    },
    rows => rows.every(({ unsure }) => !unsure),
  )
  expect(after.map(({ id, deleted }) => ({ id, deleted }))).toEqual(
    after.map(({ id }) => ({ id, deleted: id === gone!.id })),
  )
  expect(after.find(({ id }) => id === gone!.id)!.object.name).toMatch(/Customer/)
})

test('a kind that the key may not read is listed, and the others are fetched', async () => {
  shop = await openShop(house, newKeys('NoDisputesNoRefunds', 'test', 'rk'))
  await stripe('POST', 'customers', { name: 'One' })
  expect(await sync()).toBe(true)
  expect(await state()).toMatchObject({
    dispute: { state: 'forbidden', done: 0 },
    refund: { state: 'forbidden', done: 0 },
    customer: { state: 'done', done: 1 },
  })
})

test('since the last time: only what was created from then on is asked for', async () => {
  await customers(1)
  await sync(['customer'])
  await house.deps.db
    .updateTable('sync_cursors')
    .set({ complete_at: new Date(Date.now() + 2 * 3_600_000) })
    .where('store_id', '=', shop.id)
    .execute()
  await sync(['customer'], 'last')
  expect((await state()).customer).toMatchObject({ state: 'done', done: 0 })
  await sync(['customer'])
  expect((await state()).customer).toMatchObject({ state: 'done', done: 1 })
})

describe('in the middle of it', () => {
  beforeEach(() => customers(220))
  const dies = () => {
    throw new Error('killed')
  }

  test('killed after a page, it goes on behind that page', async () => {
    await startSync(house.deps, shop, 'test', { types: ['customer'] }, SERVICE)
    // What a kill leaves: a page kept, a cursor that nobody gives back.
    await expect(runSync(house.deps, place(), { onProgress: dies })).rejects.toThrow('killed')
    await house.deps.db
      .updateTable('sync_cursors')
      .set({ state: 'running' })
      .where('store_id', '=', shop.id)
      .execute()
    const pages: number[] = []
    expect(await runSync(house.deps, place(), { idle: 0, onProgress: ({ done }) => pages.push(done) })).toBe(
      true,
    )
    expect(pages).toEqual([200, 220])
    expect(await mirrored('customer')).toHaveLength(220)
  })

  test('two processes at it: one of them does it, and everything is there once', async () => {
    await startSync(house.deps, shop, 'test', { types: ['customer'] }, SERVICE)
    await Promise.all([runSync(house.deps, place(), { idle: 0 }), runSync(house.deps, place(), { idle: 0 })])
    expect((await state()).customer).toMatchObject({ state: 'done', done: 220 })
    expect(await mirrored('customer')).toHaveLength(220)
  })

  test('the object that a page ended with is deleted: it goes on from its time', async () => {
    await startSync(house.deps, shop, 'test', { types: ['customer'] }, SERVICE)
    await expect(runSync(house.deps, place(), { onProgress: dies })).rejects.toThrow('killed')
    const { after } = (await state()).customer!
    await stripe('DELETE', `customers/${after}`)
    expect(await runSync(house.deps, place())).toBe(true)
    expect((await state()).customer).toMatchObject({ state: 'done' })
    expect(await mirrored('customer')).toHaveLength(220)
  })

  test.each(['429', '500', 'reset', 'half_body'])('Stripe answers with %s: asked again', async kind => {
    await fault(house, shop, 'GET /v1/customers', kind, { times: 1 })
    expect(await sync(['customer'])).toBe(true)
    expect(await faultsLeft(house, shop)).toBe(0)
    expect(await mirrored('customer')).toHaveLength(220)
  })
})

test('a key that Stripe rejects ends it, and another key goes on', async () => {
  await customers(1)
  await revokeKey(house, shop)
  expect(await sync(['customer'])).toBe(false)
  expect((await state()).customer).toMatchObject({ state: 'waiting' })
  await connect(house, shop.id, shop.keys)
  expect(await runSync(house.deps, place())).toBe(true)
  expect((await state()).customer).toMatchObject({ state: 'done', done: 1 })
})

describe('with a Stripe of the test’s own', () => {
  const pages = new Map<string, object>()
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!
    const page = pages.get(path) ?? { object: 'list', data: [], has_more: false, url: path }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(page))
  })
  let own: House

  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    own = await openHouse()
  })
  afterAll(async () => {
    await own.close()
    server.close()
  })

  test('bad objects are named, and the others of their page are kept', async () => {
    shop = await openShop(own)
    const { port } = server.address() as AddressInfo
    const stripe = makeStripeAccess(
      { ...own.deps.config.stripe, apiUrl: `http://127.0.0.1:${port}` },
      own.deps.vault,
    )
    let deep: object = {}
    for (let n = 0; n < 100; n++) deep = { deep }
    pages.set('/v1/customers', {
      object: 'list',
      data: [
        { id: 'cus_good', object: 'customer', name: 'nul \0 and half \ud83d' },
        { id: 'cus_deep', object: 'customer', metadata: deep },
        { id: 'x'.repeat(300), object: 'customer' },
        { object: 'customer' },
        null,
        { id: 'cus_good2', object: 'customer' },
      ],
      has_more: false,
    })
    const deps = { ...own.deps, stripe }
    await startSync(deps, shop, 'test', { types: ['customer'] }, SERVICE)
    expect(await runSync(deps, place())).toBe(true)
    const [cursor] = await cursorsOf(own.deps.db, place())
    expect(cursor).toMatchObject({ state: 'done', done: 2, bad: 4 })
    expect(cursor!.bad_objects.map(({ id }) => id)).toContain('cus_deep')
    const rows = await own.deps.db
      .selectFrom('stripe_objects')
      .select('id')
      .where('store_id', '=', shop.id)
      .orderBy('id')
      .execute()
    expect(rows).toEqual([{ id: 'cus_good' }, { id: 'cus_good2' }])
    stripe.close()
  })
})
