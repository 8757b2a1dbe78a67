import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { openTestDatabase } from '../harness/house.ts'

// What belongs to nobody's store: partners and their secrets, the stores themselves (their id is the tenant), and
// what belongs to an address of a person or to the service.
const SHARED = ['migrations', 'partner_secrets', 'partners', 'sign_ins', 'stores', 'vault_canaries']
// A person's sign-in or letter may be about one store, or about none.
const MAYBE_ONE = ['mails', 'owner_sessions']

let db: Database
let tenantTables: string[]

beforeAll(async () => {
  db = await openTestDatabase()
  const rows = await catalog<{ name: string; tenant: boolean }>(
    `select c.relname as name, exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'store_id' and a.attnotnull) as tenant
     from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`,
  )
  expect(rows.filter(({ tenant }) => !tenant).map(({ name }) => name)).toEqual(
    [...SHARED, ...MAYBE_ONE].sort(),
  )
  tenantTables = rows.filter(({ tenant }) => tenant).map(({ name }) => name)
})
afterAll(() => db.close())

async function catalog<Row>(text: string): Promise<Row[]> {
  return (await db.engine.query<Row>(text)).rows
}

test('every key of a tenant’s table, and every way to point at a row of one, carries the store', async () => {
  const without = (relation: string, columns: string) =>
    `not exists (select from pg_attribute a
                 where a.attrelid = ${relation} and a.attname = 'store_id' and a.attnum = any (${columns}))`
  const keys = await catalog<{ name: string }>(
    `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
     where i.indisunique and c.relnamespace = 'public'::regnamespace and c.relname in (${names()})
       and ${without('i.indrelid', 'i.indkey')}`,
  )
  expect(keys).toEqual([])
  const references = await catalog<{ name: string }>(
    `select f.conrelid::regclass || '.' || f.conname as name from pg_constraint f join pg_class c on c.oid = f.conrelid
     where f.contype = 'f' and c.relname in (${names()}) and ${without('f.conrelid', 'f.conkey')}`,
  )
  expect(references).toEqual([])
  expect(tenantTables.length).toBeGreaterThan(20)
})

const names = () => tenantTables.map(name => `'${name}'`).join()

/**
 * Statements that ask about all stores at once, by file: how many, and why. Each has an index of its own, and what it
 * finds is worked on by (store_id, id).
 */
const ACROSS: Record<string, [count: number, why: string]> = {
  'catalog/cart-queries.ts': [1, 'a widget knows its cart by the id alone, which nobody can guess'],
  'notifications/replay.ts': [1, 'forgets what is old, whosever it is'],
  'orders/pace.ts': [1, 'forgets what is old, whosever it is'],
  'outbox/outbox.ts': [1, 'how old the oldest is, for the dashboard'],
  'owners/jobs.ts': [1, 'forgets what is old, whosever it is'],
  'owners/stores.ts': [1, 'where somebody sells who signs in, and is known by the address alone'],
  'stores/upkeep.ts': [1, 'whose endpoint was looked at longest ago'],
  'webhooks/candidates.ts': [1, 'whose an event may be, before a signature says whose it is'],
  'webhooks/refusals.ts': [1, 'forgets what is old, whosever it is'],
}

type Statement = { file: string; at: number; text: string; tables: string[] }

/** Every statement of the sources: built by Kysely, from its first word to where it is run, or written as SQL. */
function statementsOf(file: string, source: string): Statement[] {
  const built = [
    ...source.matchAll(
      /\.(?:selectFrom|updateTable|deleteFrom|insertInto)\(\s*'(\w+)[^']*'[\s\S]*?(?:\.execute\w*\(|\n\})/g,
    ),
  ].map(match => ({ file, at: match.index, text: match[0], tables: tablesIn(match[0]) }))
  const written = [...source.matchAll(/`[^`]*\b(?:select|update|insert into|delete from)\b[^`]*`/g)].map(
    match => ({
      file,
      at: match.index,
      text: match[0],
      tables: tablesIn(match[0]),
    }),
  )
  return [...built, ...written].filter(({ tables }) => tables.length > 0)
}

function tablesIn(text: string): string[] {
  const named = [
    ...text.matchAll(/\b(?:from|join|update|insert into|delete from)\s+(\w+)\b/g),
    ...text.matchAll(/(?:selectFrom|updateTable|deleteFrom|insertInto|[jJ]oin)\(\s*'(\w+)/g),
  ].map(([, table]) => table!)
  return [...new Set(named)].filter(table => tenantTables.includes(table))
}

// Compared with a value or with another table's: `store_id = …`, `where('store_id', '=', …)`, `onRef('c.store_id', …)`.
const NAMED =
  /store_id\s*(?:=|in\b)|store_id'\s*,\s*'(?:=|in)'|\((?:id, )?store_id[^)]*\)\s*(?:=|in\b)|:store_id\b|refTuple\('store_id'/
// What is inserted has a store because the column may not be null.
const isInsert = (text: string) =>
  /^(?:\.insertInto|`\s*(?:\w+ as \(\s*)?insert into \w+(?: as \w+)?\s*\(store_id)/.test(text)

test('every statement about a tenant’s table names the store, but for those that look for work among all', () => {
  const src = new URL('../../src/', import.meta.url)
  const statements = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.startsWith('sandbox/'))
    .flatMap(path => statementsOf(path, readFileSync(new URL(path, src), 'utf8')))
  expect(statements.length).toBeGreaterThan(100)
  const silent = statements.filter(({ text }) => !isInsert(text) && !NAMED.test(text))
  const unexplained = silent.filter(({ file }) => !(file in ACROSS))
  expect(unexplained.map(({ file, text }) => `${file}: ${text}`)).toEqual([])
  const counts = Object.entries(ACROSS).map(([file, [count]]) => [file, count])
  expect(counts).toEqual(counts.map(([file]) => [file, silent.filter(one => one.file === file).length]))
})

test('the script for Citus distributes every tenant’s table once, after those that it points at', async () => {
  const script = readFileSync(new URL('../../ops/citus.sql', import.meta.url), 'utf8')
  const distributed = [...script.matchAll(/^select create_distributed_table\('(\w+)', '(\w+)'/gm)]
  const order = distributed.map(([, table]) => table!)
  expect([...order].sort()).toEqual([...tenantTables, 'stores'].sort())
  expect(distributed.filter(([, table, by]) => by !== (table === 'stores' ? 'id' : 'store_id'))).toEqual([])
  const references = await catalog<{ from: string; to: string }>(
    `select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
     where contype = 'f' and conrelid <> confrelid and connamespace = 'public'::regnamespace`,
  )
  const early = references.filter(
    ({ from, to }) => order.includes(from) && order.indexOf(to) > order.indexOf(from),
  )
  expect(early).toEqual([])
  // What stays in one place may not point at what is spread out.
  const dropped = [...script.matchAll(/^alter table (\w+) drop constraint (\w+);/gm)].map(
    ([, table]) => table,
  )
  const across = references.filter(({ from, to }) => !order.includes(from) && order.includes(to))
  expect(across.map(({ from }) => from).filter(table => !dropped.includes(table))).toEqual([])
})
