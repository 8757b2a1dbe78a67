import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDeclarations } from '../../scripts/stripe-types/declarations.ts'
import { expandableFields } from '../../scripts/stripe-types/expandable.ts'
import { EXPANDABLE } from '../../src/mirror/expandable.ts'
import { normalise } from '../../src/mirror/normalise.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openShop, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, SIGNING_SECRET } from '../harness/stripe-event.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, { ...newKeys(), webhook_secret: SIGNING_SECRET } as never)
})
afterAll(() => house.close())

let made = 0
const newId = (prefix: string) => `${prefix}_rules${++made}`

const kept = (id: string) =>
  house.deps.db
    .selectFrom('stripe_objects')
    .select(['type', 'account', 'object', 'deleted', 'unsure', 'customer'])
    .where('store_id', '=', shop.id)
    .where('id', '=', id)
    .orderBy('account')
    .execute()

const NOW = Math.floor(Date.now() / 1_000)
const customer = (id: string, name: string, more: object = {}) => ({ id, object: 'customer', name, ...more })
const send = (type: string, object: object, second: number, more: object = {}) =>
  deliver(house, intentEvent(type, object, { created: NOW + second, ...more }))

test('versions that arrive in any order, some twice: the newest one stays', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 4 }),
      fc.boolean(),
      async (seconds, twice) => {
        const id = newId('cus')
        for (const second of twice ? [...seconds, seconds[0]!] : seconds) {
          await send('customer.updated', customer(id, `at ${second}`), second)
        }
        const [row] = await kept(id)
        expect(row).toMatchObject({ object: { name: `at ${Math.max(...seconds)}` }, unsure: false })
      },
    ),
    { numRuns: 10 },
  )
})

test('two versions of one second: the later arrival stays, and Stripe is to be asked', async () => {
  const id = newId('cus')
  await send('customer.updated', customer(id, 'first'), 5)
  await send('customer.updated', customer(id, 'second'), 5)
  expect(await kept(id)).toMatchObject([{ object: { name: 'second' }, unsure: true }])
  await send('customer.updated', customer(id, 'third'), 6)
  expect(await kept(id)).toMatchObject([{ object: { name: 'third' }, unsure: false }])
})

test('nothing comes before the creation, also within a second', async () => {
  const id = newId('cus')
  await send('customer.updated', customer(id, 'changed'), 5)
  await send('customer.created', customer(id, 'born'), 5)
  expect(await kept(id)).toMatchObject([{ object: { name: 'changed' }, unsure: false }])
})

test('a deleted object stays as it was last seen, marked; a late older version does not bring it back', async () => {
  const id = newId('cus')
  await send('customer.deleted', customer(id, 'last'), 9)
  await send('customer.updated', customer(id, 'older'), 3)
  expect(await kept(id)).toMatchObject([{ object: { name: 'last' }, deleted: true }])
})

test('what says no more than that it was deleted leaves the last version', async () => {
  const id = newId('cus')
  await send('customer.updated', customer(id, 'last'), 3)
  await send('customer.deleted', { id, object: 'customer', deleted: true }, 9)
  expect(await kept(id)).toMatchObject([{ object: { name: 'last' }, deleted: true }])
})

test('a subscription that ended is not deleted', async () => {
  const id = newId('sub')
  await send('customer.subscription.deleted', { id, object: 'subscription', status: 'canceled' }, 1)
  expect(await kept(id)).toMatchObject([{ object: { status: 'canceled' }, deleted: false }])
})

test('a subscription with more items than the event shows is to be asked for', async () => {
  const id = newId('sub')
  const items = { object: 'list', data: [], has_more: true, url: `/v1/subscription_items?subscription=${id}` }
  await send('customer.subscription.updated', { id, object: 'subscription', items }, 1)
  expect(await kept(id)).toMatchObject([{ unsure: true }])
})

test('the objects of a connected account are kept apart', async () => {
  const id = newId('cus')
  await send('customer.updated', customer(id, 'ours'), 1)
  await send('customer.updated', customer(id, 'theirs'), 9, { account: 'acct_1Vendor' })
  expect(await kept(id)).toMatchObject([
    { account: '', object: { name: 'ours' } },
    { account: 'acct_1Vendor', object: { name: 'theirs' } },
  ])
})

test('whole objects in the place of ids are kept as ids, and can be looked up by them', async () => {
  const id = newId('ch')
  await send('charge.updated', { id, object: 'charge', customer: customer('cus_whole', 'x') }, 1)
  expect(await kept(id)).toMatchObject([{ object: { customer: 'cus_whole' }, customer: 'cus_whole' }])
})

test.each([
  ['a customer of 10,000 characters', { customer: 'x'.repeat(10_000) }],
  ['a time that is no number', { created: 'yesterday' }],
  ['a time beyond all calendars', { created: 1e300 }],
])('%s keeps no event out', async (_what, odd) => {
  const id = newId('ch')
  const answer = await send('charge.updated', { id, object: 'charge', ...odd }, 1)
  expect(answer.status).toBe(200)
  expect(await kept(id)).toHaveLength(1)
})

describe('fields that may hold a whole object', () => {
  test('the table is what the installed stripe-node declares', () => {
    expect(EXPANDABLE).toEqual(expandableFields(readDeclarations()))
    expect(EXPANDABLE.charge).toContain('transfer_data.destination')
  })

  test('lists, nested fields and the entries of lists become ids; what is no object stays', () => {
    const invoice = {
      id: 'in_1',
      object: 'invoice',
      customer: { id: 'cus_1', object: 'customer', deleted: true },
      discounts: [{ id: 'di_1', object: 'discount' }, 'di_2'],
      parent: { subscription_details: { subscription: { id: 'sub_1', object: 'subscription' } } },
      default_source: null,
      lines: {
        object: 'list',
        data: [{ id: 'il_1', object: 'line_item', subscription: { id: 'sub_1', object: 'subscription' } }],
      },
    }
    expect(normalise(structuredClone(invoice))).toEqual({
      ...invoice,
      customer: 'cus_1',
      discounts: ['di_1', 'di_2'],
      parent: { subscription_details: { subscription: 'sub_1' } },
      lines: { object: 'list', data: [{ id: 'il_1', object: 'line_item', subscription: 'sub_1' }] },
    })
    const unknown = { id: 'nov_1', object: 'novelty', customer: { id: 'cus_1' } }
    expect(normalise(structuredClone(unknown))).toEqual(unknown)
  })
})
