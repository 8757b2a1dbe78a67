import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Engine, servedEngine } from '../../src/db/engine.ts'
import { Secret } from '../../src/lib/secret.ts'
import { newDatabase, type OwnDatabase } from '../harness/service.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL

// The embedded database has no round trips to save and no commits to share.
describe.skipIf(!server).each([['prepared'], ['transaction']] as const)('a batch, %s', pooler => {
  let database: OwnDatabase
  let engine: Engine
  let name = 0

  beforeAll(async () => {
    database = await newDatabase(server as string)
    engine = servedEngine(new Secret(database.url), 1, pooler)
    await engine.script('create table kept (id bigint primary key, at timestamptz, note text)')
  })
  afterAll(async () => {
    await engine?.close()
    await database?.drop()
  })

  const insert = (lists: unknown[][]) =>
    engine.batch!<{ id: number; at: Date; note: string | null; before: number; transaction: string }>(
      `with one as (insert into kept values ($1::bigint, $2::timestamptz, $3::text) returning *)
       select one.*, (select count(*) from kept) as before, txid_current()::text as transaction from one`,
      lists,
      'insert_kept',
    )
  const at = new Date('2026-11-21T18:57:13.123Z')

  test('answers the rows of each execution, all made in one transaction, each after the one before', async () => {
    const results = await insert([
      [1, at, 'one'],
      [2, at, null],
    ])
    const [[one], [two]] = results as [[Row], [Row]]
    type Row = (typeof results)[number][number]
    expect([one, two]).toMatchObject([
      { id: 1, at, note: 'one', before: 0 },
      { id: 2, at, note: null, before: 1 },
    ])
    expect(one.transaction).toBe(two.transaction)
    // Once more on the same connection, where it is prepared by now.
    expect(await insert([[3, at, 'ü\u2028"']])).toMatchObject([[{ id: 3, note: 'ü\u2028"', before: 2 }]])
  })

  test('keeps nothing when one execution is refused, and the connection goes on', async () => {
    await expect(
      insert([
        [10, at, null],
        [1, at, null],
        [11, at, null],
      ]),
    ).rejects.toMatchObject({ code: '23505' })
    const { rows } = await engine.query<{ id: number }>('select id from kept where id >= 10')
    expect(rows).toEqual([])
    expect(await insert([[12, at, null]])).toHaveLength(1)
  })

  test('an execution may find nothing', async () => {
    name += 1
    const found = await engine.batch!(
      'select id from kept where id = $1::bigint',
      [[1], [999], [2]],
      `find_${pooler}_${name}`,
    )
    expect(found).toEqual([[{ id: 1 }], [], [{ id: 2 }]])
  })

  test('a connection that breaks under it is not used again', async () => {
    const asleep = engine.batch!('select pg_sleep($1::float8)', [[20]], `sleep_${pooler}`)
    const other = servedEngine(new Secret(database.url), 1)
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity
                  where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()`
    const [error] = await Promise.all([
      asleep.catch(error => error as Error),
      expect.poll(async () => (await other.query(kill)).rows.length).toBe(1),
    ])
    expect(error).toBeInstanceOf(Error)
    await other.close()
    expect((await engine.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })
})
