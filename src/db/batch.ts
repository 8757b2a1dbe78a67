import type pg from 'pg'

type Value = string | number | boolean | Date | Buffer | null

/** What pg hands to a query of one's own (`submit`): its connection, below the level of queries. */
type Wire = {
  stream: { cork(): void; uncork(): void }
  parsedStatements: Record<string, string>
  submittedNamedStatements: Record<string, string>
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: (string | Buffer | null)[] }): void
  describe(message: { type: 'P'; name: '' }): void
  execute(message: object): void
  sync(): void
}
type Field = { name: string; dataTypeID: number }
type GetParser = (oid: number, format: 'text') => (text: string) => unknown

/**
 * One statement with many lists of values, in one round trip and one transaction: Postgres takes everything up to the
 * `sync` as one (https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY). Each execution sees
 * what the ones before it did. pg itself sends a `sync` with each query, which would be a commit for each; this is
 * the door that it keeps open for cursors and the like.
 */
class Batch {
  // pg remembers by these two what it has prepared on a connection.
  readonly name: string
  readonly text: string
  callback: (error: Error | null) => void = () => undefined
  readonly results: Record<string, unknown>[][] = []
  private readonly lists: Value[][]
  private readonly parserOf: GetParser
  private rows: Record<string, unknown>[] = []
  private columns: { name: string; parse: (text: string) => unknown }[] = []

  constructor(text: string, lists: Value[][], name: string, parserOf: GetParser) {
    this.text = text
    this.lists = lists
    this.name = name
    this.parserOf = parserOf
  }

  submit(wire: Wire): void {
    wire.stream.cork()
    try {
      const { name, text } = this
      if (!name || !(wire.parsedStatements[name] ?? wire.submittedNamedStatements[name])) {
        wire.parse({ name, text })
        if (name) wire.submittedNamedStatements[name] = text
      }
      for (const values of this.lists) {
        wire.bind({ statement: name, values: values.map(written) })
        wire.describe({ type: 'P', name: '' })
        wire.execute({})
      }
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
  }

  handleRowDescription({ fields }: { fields: Field[] }): void {
    this.columns = fields.map(({ name, dataTypeID }) => ({ name, parse: this.parserOf(dataTypeID, 'text') }))
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const row: Record<string, unknown> = {}
    this.columns.forEach(({ name, parse }, index) => {
      const text = fields[index] ?? null
      row[name] = text === null ? null : parse(text)
    })
    this.rows.push(row)
  }

  handleCommandComplete(): void {
    this.results.push(this.rows)
    this.rows = []
  }

  handleReadyForQuery(): void {
    this.callback(null)
  }

  handleError(error: Error): void {
    this.callback(error)
  }
}

function written(value: Value): string | Buffer | null {
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value
  return value instanceof Date ? value.toISOString() : String(value)
}

/**
 * Runs a statement once for each list of values, all or none. Answers the rows of each. Without a name it is prepared
 * for this once.
 */
export async function runBatch(
  pool: pg.Pool,
  text: string,
  lists: unknown[][],
  name: string,
  parserOf: GetParser,
): Promise<Record<string, unknown>[][]> {
  const client = await pool.connect()
  let broken = false
  try {
    const batch = new Batch(text, lists as Value[][], name, parserOf)
    await new Promise<void>((resolve, reject) => {
      batch.callback = error => (error ? reject(error) : resolve())
      client.query(batch as unknown as pg.Submittable)
    })
    return batch.results
  } catch (error) {
    // Postgres refused an execution, and the connection lives on; anything else is its end.
    broken = (error as { severity?: string }).severity !== 'ERROR'
    throw error
  } finally {
    client.release(broken)
  }
}
