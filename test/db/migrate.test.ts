import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, expect, inject, test } from 'vitest'
import { type Engine, embeddedEngine, servedEngine } from '../../src/db/engine.ts'
import { type Migration, migrate, migrations, pending, SchemaMismatch } from '../../src/db/migrate.ts'
import { Secret } from '../../src/lib/secret.ts'
import { newDatabase, type OwnDatabase } from '../harness/service.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL
const open: Engine[] = []
const made: OwnDatabase[] = []

/** So many instances on one empty database; embedded there is only ever one. */
async function instances(many: number): Promise<Engine[]> {
  if (!server) {
    const engine = await embeddedEngine(undefined)
    open.push(engine)
    return Array(many).fill(engine)
  }
  const database = await newDatabase(server)
  made.push(database)
  const engines = Array.from({ length: many }, () => servedEngine(new Secret(database.url), 2))
  open.push(...engines)
  return engines
}
const instance = async () => (await instances(1))[0]!

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close()
})
afterAll(async () => {
  for (const database of made) await database.drop()
})

const migration = (name: string, text: string): Migration => ({
  name,
  text,
  checksum: createHash('sha256').update(text).digest('hex'),
  expands: text.startsWith('-- Expand: '),
})
const first = migration('0001_first.sql', 'create table first (id int); insert into first values (1);')
const broken = migration('0002_broken.sql', 'create table second (id int); insert into nowhere values (1);')

const tables = async (engine: Engine) =>
  (
    await engine.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
  ).rows.map(({ name }) => name)

test('ten instances that start at once apply each migration once', async () => {
  const engines = await instances(10)
  const applied = await Promise.all(engines.map(engine => migrate(engine)))
  expect(applied.flat()).toEqual(migrations().map(({ name }) => name))
  expect(await pending(engines[0]!)).toEqual([])
  expect(await migrate(engines[9]!)).toEqual([])
})

test('a failed migration changes nothing, not even by those before it, and can be mended', async () => {
  const engine = await instance()
  await expect(migrate(engine, [first, broken])).rejects.toThrow('nowhere')
  expect(await tables(engine)).toEqual([])
  const mended = migration(broken.name, 'create table second (id int);')
  expect(await migrate(engine, [first, mended])).toEqual([first.name, mended.name])
  expect(await tables(engine)).toEqual(['first', 'migrations', 'second'])
})

test('a migration that was edited after it was applied is refused by name', async () => {
  const engine = await instance()
  await migrate(engine, [first])
  const edited = migration(first.name, `${first.text} -- a small change`)
  await expect(migrate(engine, [edited])).rejects.toThrow(SchemaMismatch)
  await expect(migrate(engine, [edited])).rejects.toThrow(first.name)
  expect((await engine.query('select * from first')).rows).toHaveLength(1)
})

test('a release older than the database is refused', async () => {
  const engine = await instance()
  await migrate(engine, [first, migration('0002_newer.sql', 'select 1;')])
  await expect(pending(engine, [first])).rejects.toThrow('0002_newer.sql')
})

test('the release before serves, and starts again, where a newer one only expanded the schema', async () => {
  const engine = await instance()
  await migrate(engine, [first])
  const newer = migration('0002_newer.sql', '-- Expand: a table.\ncreate table second (id int);')
  await migrate(engine, [first, newer])
  expect(await pending(engine, [first])).toEqual([])
  expect(await migrate(engine, [first])).toEqual([])
  await migrate(engine, [
    first,
    newer,
    migration('0003_less.sql', '-- Contract: no table.\ndrop table second;'),
  ])
  await expect(pending(engine, [first])).rejects.toThrow('0003_less.sql')
})

test('a database that was migrated when nothing of the kind was kept is read all the same', async () => {
  const engine = await instance()
  await migrate(engine, [first])
  await engine.script('alter table migrations drop column expands')
  expect(await pending(engine, [first])).toEqual([])
  expect(await migrate(engine, [first, migration('0002_newer.sql', 'select 1;')])).toEqual(['0002_newer.sql'])
})

test('what databases out there have applied is not edited, but for the note about the release before', () => {
  const applied = JSON.parse(readFileSync(new URL('./applied.json', import.meta.url), 'utf8'))
  expect(Object.fromEntries(migrations().map(({ name, checksum }) => [name, checksum]))).toEqual(applied)
  const folder = mkdtempSync(join(tmpdir(), 'owntill-migrations-'))
  const write = (text: string) => {
    writeFileSync(join(folder, '0001_first.sql'), text)
    return migrations(pathToFileURL(`${folder}/`))[0]!
  }
  const bare = write('-- A table.\n\ncreate table first (id int);\n')
  const noted = write('-- A table.\n--\n-- Expand: new.\n\ncreate table first (id int);\n')
  const other = write('-- A table.\n\ncreate table first (id bigint);\n')
  rmSync(folder, { recursive: true })
  expect([bare.expands, noted.expands, noted.checksum === bare.checksum]).toEqual([false, true, true])
  expect(other.checksum).not.toBe(bare.checksum)
})

test('every migration says in its header what it means for the release before', () => {
  const silent = migrations().filter(({ text }) => {
    const header = /^(?:--.*\n)+/.exec(text)?.[0] ?? ''
    return !/^-- (Expand|Contract): .+/m.test(header)
  })
  expect(silent.map(({ name }) => name)).toEqual([])
})
