import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Engine } from './engine.ts'

const FOLDER = new URL('../../migrations/', import.meta.url)

// Whether the release before goes on working: a note about a migration, and no part of what is applied.
const NOTE = /^(?:--\n)?-- (Expand|Contract): .*\n/m

// Any fixed number: whoever holds it is the one instance that migrates.
const LOCK = 7_301_960_123

/** `expands`: the release before it works on the schema after it (its header says `-- Expand:`, else `-- Contract:`). */
export type Migration = { name: string; text: string; checksum: string; expands: boolean }

/** A migration that was applied has since been edited, or the database is newer than this code. */
export class SchemaMismatch extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'SchemaMismatch'
  }
}

/** The migrations of this release, in order. */
export function migrations(folder: URL = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter(name => /^\d{4}_[\w-]+\.sql$/.test(name))
    .sort()
    .map(name => {
      const text = readFileSync(new URL(name, folder), 'utf8')
      // The first seven were applied before they had a note.
      const checksum = createHash('sha256').update(text.replace(NOTE, '')).digest('hex')
      return { name, text, checksum, expands: NOTE.exec(text)?.[1] === 'Expand' }
    })
}

/**
 * Applies what is missing, all in one transaction: a failed migration leaves the schema as it was and stops the
 * boot. Ten instances may start at once: the advisory lock lets one migrate while the others wait.
 * Returns the names of what was applied. Throws SchemaMismatch.
 */
export async function migrate(engine: Engine, wanted: Migration[] = migrations()): Promise<string[]> {
  if ((await pending(engine, wanted)).length === 0) return []
  return engine.transaction(async session => {
    await session.query('select pg_advisory_xact_lock($1)', [LOCK])
    await session.script(
      `create table if not exists migrations
         (name text primary key, checksum text not null, applied_at timestamptz not null default now());
       alter table migrations add column if not exists expands boolean not null default false`,
    )
    const missing = await pending(session, wanted)
    for (const { name, text, checksum, expands } of missing) {
      await session.script(text)
      const applied = 'insert into migrations (name, checksum, expands) values ($1, $2, $3)'
      await session.query(applied, [name, checksum, expands])
    }
    return missing.map(({ name }) => name)
  })
}

/**
 * What is still to be applied. A newer release may have migrated already, while this one serves or is started again:
 * what only expanded the schema is no trouble. Throws SchemaMismatch when the database and this release disagree.
 */
export async function pending(
  engine: Pick<Engine, 'query'>,
  wanted: Migration[] = migrations(),
): Promise<Migration[]> {
  const exists = await engine.query<{ found: boolean }>(
    "select to_regclass('migrations') is not null as found",
  )
  if (!exists.rows[0]?.found) return wanted
  // By way of JSON, because the first releases kept no such column.
  const { rows } = await engine.query<{ name: string; checksum: string; expands: boolean | null }>(
    "select name, checksum, (to_jsonb(m) ->> 'expands')::boolean as expands from migrations m order by name",
  )
  for (const applied of rows) {
    const ours = wanted.find(({ name }) => name === applied.name)
    if (!ours && applied.expands) continue
    if (!ours) throw new SchemaMismatch(`The database has ${applied.name}, which this release does not know.`)
    if (ours.checksum !== applied.checksum)
      throw new SchemaMismatch(`${applied.name} was edited after it was applied.`)
  }
  const done = new Set(rows.map(({ name }) => name))
  return wanted.filter(({ name }) => !done.has(name))
}
