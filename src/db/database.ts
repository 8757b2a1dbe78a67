import { Kysely } from 'kysely'
import type { Config } from '../config.ts'
import { type Engine, embeddedEngine, servedEngine } from './engine.ts'
import { gathering } from './gather.ts'
import type { Statement } from './statement.ts'
import type { Tables } from './tables.ts'

/**
 * The database: Kysely, plus `run` for the few statements where each round trip and each microsecond counts.
 * The same migrations, queries and tests run on Postgres in a server and on Postgres in the process.
 */
export class Database extends Kysely<Tables> {
  readonly engine: Engine
  private readonly gatherings = new Map<string, ReturnType<typeof gathering>>()

  constructor(engine: Engine) {
    super({ dialect: engine.dialect })
    this.engine = engine
  }

  /** Runs a statement of a hot path with its values: one round trip, prepared. */
  async run<Values, Row>(statement: Statement<Values, Row>, values: Values): Promise<Row[]> {
    const list = statement.order.map(name => values[name])
    const { rows } = await this.engine.query<Row>(statement.text, list, statement.name)
    return rows
  }

  /**
   * The same for statements that come many at a time: they are gathered into few transactions. `key` names what it
   * locks. Resolves when its transaction is committed.
   */
  async gather<Values, Row>(statement: Statement<Values, Row>, values: Values, key: string): Promise<Row[]> {
    const { batch } = this.engine
    if (!batch) return this.run(statement, values)
    let ask = this.gatherings.get(statement.name)
    if (!ask) {
      ask = gathering(lists => batch(statement.text, lists, statement.name))
      this.gatherings.set(statement.name, ask)
    }
    const list = statement.order.map(name => values[name])
    return ask(list, key) as Promise<Row[]>
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
      ? servedEngine(config.databaseUrl, config.databasePool, config.databasePooler)
      : await embeddedEngine(config.dataDir),
  )
}
