import { join } from 'node:path'
import { PGlite, types as pgliteTypes } from '@electric-sql/pglite'
import { type Dialect, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { reveal, type Secret } from '../lib/secret.ts'
import { holdDataDir } from './hold.ts'
import { namedPool, tracedQuery } from './named-pool.ts'

export type Rows<R> = { rows: R[] }

/** Statements on one connection, inside one transaction. */
export type Session = {
  query<R>(text: string, values?: unknown[]): Promise<Rows<R>>
  /** Several statements at once, without values. */
  script(text: string): Promise<unknown>
}

/** What Postgres in a server and Postgres in the process have in common, below Kysely. */
export type Engine = {
  kind: 'postgres' | 'embedded'
  dialect: Dialect
  /** One statement; with a name it is prepared once per connection. */
  query<R>(text: string, values?: unknown[], name?: string): Promise<Rows<R>>
  script(text: string): Promise<unknown>
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** How busy the pool is; the embedded database has no pool. */
  usage?(): { open: number; idle: number; waiting: number }
  close(): Promise<void>
}

// Amounts are bigint columns: a number as long as it is exact, and never a string that adds up to "1020".
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint from the database is not a safe integer')
  return value
}

/**
 * How we speak to a pooler (PgBouncer) that lends a connection for one transaction. `transaction`: never name a
 * statement, as the next one may meet another connection. `prepared`: name them, because the pooler knows how to
 * keep them (PgBouncer 1.21 and newer, with max_prepared_statements).
 */
type Pooler = 'transaction' | 'prepared' | undefined

// A lost client or a stuck lock must not hold a connection for ever. A pooler takes no settings of one client: there
// the role has them (docs/operate.md).
const TIMEOUTS = { statement_timeout: 30_000, idle_in_transaction_session_timeout: 30_000 }

/** Postgres in a server. Connections are made on demand, at most `size` of them. */
export function servedEngine(url: Secret, size: number, pooler?: Pooler): Engine {
  const types = {
    getTypeParser: ((oid: number, format?: 'text') =>
      oid === pg.types.builtins.INT8
        ? safeInteger
        : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
  }
  const pool = new pg.Pool({
    connectionString: reveal(url),
    max: size,
    types,
    application_name: 'owntill',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    ...(pooler ? {} : TIMEOUTS),
  })
  // A connection that breaks fails the statement it carries, and the pool drops it. It also says so itself, and
  // without a listener that would end the process: the pool listens for idle ones only.
  pool.on('error', () => undefined)
  pool.on('connect', client => client.on('error', () => undefined))
  const named = pooler !== 'transaction'
  return {
    kind: 'postgres',
    dialect: new PostgresDialect({ pool: namedPool(pool, named) }),
    query: (text, values, name) =>
      tracedQuery(text, () => pool.query(name && named ? { name, text, values } : { text, values })) as never,
    script: text => pool.query(text),
    transaction: work => inTransaction(pool, work),
    usage: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = false
  try {
    await client.query('begin')
    const result = await work({
      query: (text, values) => client.query(text, values) as never,
      script: text => client.query(text),
    })
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true // the connection is gone: Postgres rolled back by itself, and the pool must not reuse it
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Postgres in the process (WebAssembly): a folder, or memory when `dataDir` is undefined. */
export async function embeddedEngine(dataDir: string | undefined, image?: Blob): Promise<Engine> {
  const release = dataDir ? holdDataDir(dataDir) : undefined
  const pglite = await PGlite.create({
    dataDir: dataDir ? join(dataDir, 'database') : undefined,
    loadDataDir: image,
    parsers: { [pgliteTypes.INT8]: safeInteger },
  })
  const engine = engineOf(pglite)
  return {
    ...engine,
    close: async () => {
      await engine.close()
      release?.()
    },
  }
}

export function engineOf(pglite: PGlite): Engine {
  return {
    kind: 'embedded',
    dialect: new PGliteDialect({ pglite }),
    query: (text, values) => pglite.query(text, values) as never,
    script: text => pglite.exec(text),
    transaction: work =>
      pglite.transaction(tx =>
        work({ query: (text, values) => tx.query(text, values) as never, script: text => tx.exec(text) }),
      ),
    close: () => pglite.close(),
  }
}
