import { Kysely } from 'kysely'
import type { Config } from '../config.ts'
import { type Engine, embeddedEngine, servedEngine } from './engine.ts'
import type { Tables } from './tables.ts'

/** A statement of a hot path: written by hand, prepared once per connection under its name. */
export type Statement<Row> = { name: string; text: string; row?: Row }

/**
 * The database: Kysely, plus `run` for the few statements where each round trip and each microsecond counts.
 * The same migrations, queries and tests run on Postgres in a server and on Postgres in the process.
 */
export class Database extends Kysely<Tables> {
  readonly engine: Engine

  constructor(engine: Engine) {
    super({ dialect: engine.dialect })
    this.engine = engine
  }

  async run<Row>(statement: Statement<Row>, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.engine.query<Row>(statement.text, values, statement.name)
    return rows
  }

  /** Closes every connection. A Database that was closed cannot be used again. */
  async close(): Promise<void> {
    // Not destroy(): Kysely would end a pool it started only, and the engine is used beside it.
    await this.engine.close()
  }
}

/** Postgres at DATABASE_URL, or embedded in DATA_DIR. */
export async function openDatabase(config: Config): Promise<Database> {
  return new Database(
    config.databaseUrl
      ? servedEngine(config.databaseUrl, config.databasePool)
      : await embeddedEngine(config.dataDir),
  )
}
