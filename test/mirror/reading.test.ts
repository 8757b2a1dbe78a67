import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { continueSyncs } from '../../src/mirror/jobs.ts'
import { type House, openHouse } from '../harness/house.ts'
import { internal, newKeys, newStore, openShop, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, SIGNING_SECRET } from '../harness/stripe-event.ts'

let house: House
let [shop, other] = [] as unknown as [Shop, Shop]

const NOW = Math.floor(Date.now() / 1_000)
const send = (type: string, object: object, more: object = {}) =>
  deliver(house, intentEvent(type, object, more))

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, { ...newKeys(), webhook_secret: SIGNING_SECRET } as never)
  other = await openShop(house)
  for (let n = 0; n < 5; n++) {
    const customer = n % 2 === 0 ? 'cus_even' : 'cus_odd'
    await send('charge.succeeded', { id: `ch_${n}`, object: 'charge', created: NOW + n, customer })
  }
  await send('novelty.made', { id: 'nov_1', object: 'novelty' })
  await send('novelty.made', { id: 'nov_2', object: 'novelty' })
  await send('customer.deleted', { id: 'cus_gone', object: 'customer', created: NOW })
  await send('charge.succeeded', { id: 'ch_vendor', object: 'charge' }, { account: 'acct_1Vendor' })
})
afterAll(() => house.close())

const get = (path: string, of = shop) => internal(house, 'GET', `/stores/${of.id}/${path}`)
const ids = async (path: string, of = shop) =>
  (await get(path, of)).body.data.map(({ id }: { id: string }) => id)

describe('a list of objects', () => {
  test('is newest first, and goes on behind its cursor to the end', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await get(`stripe/charge?limit=2${cursor}`)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      cursor = body.next_cursor && `&cursor=${body.next_cursor}`
    } while (cursor)
    expect(seen).toEqual(['ch_4', 'ch_3', 'ch_2', 'ch_1', 'ch_0'])
  })

  test('of objects without a time goes on too', async () => {
    const { body } = await get('stripe/novelty?limit=1')
    expect(body.data[0].id).toBe('nov_2')
    expect(await ids(`stripe/novelty?cursor=${body.next_cursor}`)).toEqual(['nov_1'])
  })

  test.each([
    ['customer=cus_odd', ['ch_3', 'ch_1']],
    [`created_from=${new Date((NOW + 3) * 1_000).toISOString()}`, ['ch_4', 'ch_3']],
    [`created_before=${new Date((NOW + 1) * 1_000).toISOString()}`, ['ch_0']],
    ['connected_account=acct_1Vendor', ['ch_vendor']],
    ['mode=live', []],
  ])('can be narrowed by %s', async (query, found) => {
    expect(await ids(`stripe/charge?${query}`)).toEqual(found)
  })

  test('leaves out what was deleted, unless it is asked for', async () => {
    expect(await ids('stripe/customer')).toEqual([])
    expect(await ids('stripe/customer?deleted=true')).toEqual(['cus_gone'])
  })

  test('refuses a cursor that is none', async () => {
    expect((await get('stripe/charge?cursor=ch_none')).status).toBe(422)
  })
})

test('an object is shown whole, and only to its own store', async () => {
  expect((await get('stripe/charge/ch_1')).body).toMatchObject({
    id: 'ch_1',
    type: 'charge',
    mode: 'test',
    connected_account: null,
    object: { customer: 'cus_odd' },
  })
  expect((await get('stripe/charge/ch_1', other)).status).toBe(404)
  expect(await ids('stripe/charge', other)).toEqual([])
})

test('what is kept of a store is counted, in objects, events and bytes', async () => {
  const { body } = await get('stripe')
  expect(body.kinds).toContainEqual({
    type: 'charge',
    mode: 'test',
    objects: 6,
    deleted: 0,
    bytes: expect.any(Number),
  })
  expect(body.events).toBe(9)
  expect(body.event_bytes).toBeGreaterThan(1_000)
})

describe('fetching everything', () => {
  test('is begun by the partner, done by the job, and shown on the way', async () => {
    const asked = await internal(house, 'POST', `/stores/${other.id}/sync`, { types: ['customer', 'charge'] })
    expect(asked).toMatchObject({ status: 202, body: { mode: 'test', running: true } })
    await continueSyncs(house.deps, { error() {} })
    const { body } = await get('sync', other)
    expect(body).toMatchObject({
      running: false,
      kinds: [
        { type: 'customer', state: 'done', bad: 0 },
        { type: 'charge', state: 'done' },
      ],
    })
  })

  test('of a store without Stripe, or of a kind that is none, is refused', async () => {
    const { id } = await newStore(house)
    expect((await internal(house, 'POST', `/stores/${id}/sync`, {})).status).toBe(409)
    expect((await internal(house, 'POST', `/stores/${shop.id}/sync`, { types: ['novelty'] })).status).toBe(
      422,
    )
  })
})
