import { Kysely } from 'kysely'
import type { Config } from '../config.ts'
import { type Engine, embeddedEngine, servedEngine } from './engine.ts'
import { gathering } from './gather.ts'
import type { BatchStatement, Statement } from './statement.ts'
import type { Tables } from './tables.ts'

/**
 * The database: Kysely, plus `run` for the few statements where each round trip and each microsecond counts.
 * The same migrations, queries and tests run on Postgres in a server and on Postgres in the process.
 */
export class Database extends Kysely<Tables> {
  readonly engine: Engine
  private readonly gatherings = new Map<string, ReturnType<typeof gathering<object, object>>>()

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

  /** Runs a statement with several lists of values, at most MOST_AT_ONCE: answers what it has for each. */
  async runEach<Values extends object, Row extends object>(
    statement: BatchStatement<Values, Row>,
    lists: Values[],
  ): Promise<(Row | undefined)[]> {
    const given = JSON.stringify(lists.map((values, nr) => ({ ...values, nr })))
    const { rows } = await this.engine.query<Row & { nr: number }>(statement.text, [given], statement.name)
    const found: (Row | undefined)[] = lists.map(() => undefined)
    for (const row of rows) found[row.nr] = row
    return found
  }

  /**
   * The same for what comes one at a time, and often many at once: they are gathered into few executions. `locks`
   * names what it changes. Resolves when it is committed.
   */
  gather<Values extends object, Row extends object>(
    statement: BatchStatement<Values, Row>,
    values: Values,
    locks: string[],
  ): Promise<Row | undefined> {
    let ask = this.gatherings.get(statement.name)
    if (!ask) {
      ask = gathering<object, object>(lists => this.runEach(statement, lists as Values[]))
      this.gatherings.set(statement.name, ask)
    }
    return ask(values, locks) as Promise<Row | undefined>
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
