import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VIEWS } from '../../scripts/stripe-types/columns.ts'
import { readDeclarations } from '../../scripts/stripe-types/declarations.ts'
import { viewsMarkdown, viewsSql } from '../../scripts/stripe-types/views.ts'
import { analystOf, grantAnalyst, revokeAnalyst } from '../../src/mirror/analysts.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openShop, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, SIGNING_SECRET } from '../harness/stripe-event.ts'

let house: House
let [shop, other] = [] as unknown as [Shop, Shop]
const OTHER_SECRET = `${SIGNING_SECRET}Other`

const query = async <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
  (await house.deps.db.engine.query<Row>(text, values)).rows

const CREATED = Math.floor(Date.UTC(2026, 4, 4, 8) / 1_000)
const charge = (id: string, more: object = {}) => ({
  id,
  object: 'charge',
  amount: 4890,
  amount_refunded: 0,
  currency: 'eur',
  created: CREATED,
  captured: true,
  customer: 'cus_1',
  payment_intent: 'pi_1',
  status: 'succeeded',
  metadata: { order: '7' },
  ...more,
})
const send = (type: string, object: object, secret = SIGNING_SECRET) =>
  deliver(house, intentEvent(type, object, { created: CREATED }), { secret })

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, { ...newKeys(), webhook_secret: SIGNING_SECRET } as never)
  other = await openShop(house, { ...newKeys(), webhook_secret: OTHER_SECRET } as never)
  await send('charge.succeeded', charge('ch_1'))
  await send('charge.succeeded', charge('ch_2', { amount: 'much', created: 1e300, captured: 'yes' }))
  await send('charge.succeeded', charge('ch_other'), OTHER_SECRET)
})
afterAll(async () => {
  for (const { id } of [shop, other]) await revokeAnalyst(house.deps.db, id, { kind: 'service' })
  await house.close()
})

describe('the views', () => {
  test('are what the installed stripe-node declares, and so is their page in the documentation', () => {
    const declared = readDeclarations()
    const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
    expect(file('migrations/0014_views_of_the_mirror.sql')).toBe(viewsSql(declared))
    expect(file('docs/mirror-views.md')).toBe(viewsMarkdown(declared))
  })

  test('can all be asked', async () => {
    for (const { name } of [...VIEWS, { name: 'events' }]) await query(`select * from mirror.${name} limit 1`)
    expect(await query('select count(*)::int as count from mirror.events')).toEqual([{ count: 3 }])
  })

  test('show amounts as numbers, times as times and ids as texts', async () => {
    expect(
      await query(`select * from mirror.charges where store_id = $1 and id = 'ch_1'`, [shop.id]),
    ).toEqual([
      expect.objectContaining({
        livemode: false,
        connected_account: null,
        amount: 4890,
        created: new Date('2026-05-04T08:00:00Z'),
        captured: true,
        customer: 'cus_1',
        metadata: { order: '7' },
        deleted: false,
      }),
    ])
  })

  test('show nothing where an object has nonsense, and break no query', async () => {
    const [row] = await query(`select amount, captured, id from mirror.charges where id = 'ch_2'`)
    expect(row).toEqual({ amount: null, captured: null, id: 'ch_2' })
  })

  test('show the entries of lists that live inside of objects', async () => {
    const data = [
      { id: 'si_1', object: 'subscription_item', quantity: 3, price: { id: 'price_1', product: 'prod_1' } },
      { id: 'si_2', object: 'subscription_item', quantity: 1 },
    ]
    await send('customer.subscription.created', {
      id: 'sub_1',
      object: 'subscription',
      items: { object: 'list', data, has_more: false },
    })
    expect(
      await query('select id, quantity, price_id, product from mirror.subscription_items order by id'),
    ).toEqual([
      { id: 'si_1', quantity: 3, price_id: 'price_1', product: 'prod_1' },
      { id: 'si_2', quantity: 1, price_id: null, product: null },
    ])
  })

  test('find the charges of a customer by an index', async () => {
    const plan = await house.deps.db.engine.transaction(async session => {
      await session.query('set local enable_seqscan = off')
      const { rows } = await session.query<{ 'QUERY PLAN': string }>(
        `explain select id from mirror.charges where store_id = '${shop.id}' and customer = 'cus_1'`,
      )
      return rows.map(row => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toContain('stripe_objects_by_customer')
  })
})

describe('an analyst', () => {
  /** Statements of the store's analyst, in the role that was made for it. */
  const asAnalyst = <Row>(text: string, storeId = shop.id) =>
    house.deps.db.engine.transaction(async session => {
      await session.query(`set local role ${analystOf(storeId)}`)
      return (await session.query<Row>(text)).rows
    })

  beforeAll(async () => {
    for (const { id } of [shop, other]) await grantAnalyst(house.deps.db, id, { kind: 'service' })
  })

  test('sees one store, in every view and in the tables behind them', async () => {
    expect(await asAnalyst('select id from mirror.charges order by id')).toEqual([
      { id: 'ch_1' },
      { id: 'ch_2' },
    ])
    expect(await asAnalyst('select id from mirror.charges', other.id)).toEqual([{ id: 'ch_other' }])
    for (const from of [
      ...VIEWS.map(({ name }) => `mirror.${name}`),
      'mirror.events',
      'stripe_objects',
      'events',
    ])
      expect(await asAnalyst(`select from ${from} where store_id <> '${shop.id}'`)).toEqual([])
  })

  test('may read no other table, and write none', async () => {
    const tables = await query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    expect(tables.length).toBeGreaterThan(20)
    for (const { name } of tables) {
      if (!/^public\.(stripe_objects|events)$/.test(name)) {
        await expect(asAnalyst(`select from ${name} limit 1`), name).rejects.toThrow(/permission denied/)
      }
      await expect(asAnalyst(`delete from ${name}`), name).rejects.toThrow(/permission denied/)
    }
    await expect(asAnalyst(`update mirror.charges set deleted = true`)).rejects.toThrow()
    await expect(asAnalyst(`insert into mirror.events (id) values ('evt_1')`)).rejects.toThrow()
  })

  test('cannot become somebody else by asking to', async () => {
    // PGlite has one connection, which stays the owner's: only a server can tell who signed in.
    if (house.deps.db.engine.kind === 'embedded') return
    const { role, password } = await grantAnalyst(house.deps.db, shop.id, { kind: 'service' })
    const [{ name }] = (await query<{ name: string }>('select current_database() as name')) as [
      { name: string },
    ]
    const url = new URL(process.env.TEST_DATABASE_URL!)
    Object.assign(url, { pathname: `/${name}`, username: role, password })
    const client = new pg.Client(url.href)
    await client.connect()
    try {
      expect((await client.query('select id from charges order by id')).rowCount).toBe(2)
      for (const text of [
        `set role ${analystOf(other.id)}`,
        `set session authorization ${analystOf(other.id)}`,
        'set role postgres',
        'alter table public.stripe_objects disable row level security',
        `create function public.f() returns int language sql return 1`,
      ])
        await expect(client.query(text), text).rejects.toThrow()
    } finally {
      await client.end()
    }
  })

  test('who is let in by another name sees nothing at all', async () => {
    const role = `reader_${shop.id.replaceAll('-', '')}`
    await house.deps.db.engine.script(`create role ${role}; grant ${analystOf(shop.id)} to ${role}`)
    try {
      const rows = await house.deps.db.engine.transaction(async session => {
        await session.query(`set local role ${role}`)
        return (await session.query('select from mirror.charges')).rows
      })
      expect(rows).toEqual([])
    } finally {
      await house.deps.db.engine.script(`drop role ${role}`)
    }
  })

  test('sees nothing any more once it is taken away', async () => {
    expect(await revokeAnalyst(house.deps.db, other.id, { kind: 'service' })).toBe(true)
    await expect(asAnalyst('select from mirror.charges', other.id)).rejects.toThrow(/does not exist/)
    expect(await revokeAnalyst(house.deps.db, other.id, { kind: 'service' })).toBe(false)
  })
})
