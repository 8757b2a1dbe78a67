import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'

/** Enough for every statement the code can write; what is built from data (long lists) stays unnamed. */
const MOST_NAMES = 1_000

/**
 * A pool whose clients name their statements, so that Postgres parses and plans each one once per connection:
 * worth a third of the time of a short query (docs/performance.md).
 */
export function namedPool(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known || names.size >= MOST_NAMES) return known
    const name = `k${names.size}`
    names.set(text, name)
    return name
  }
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect()
      const query = (text: string, values: unknown[]) =>
        client.query({ text, values, name: values.length > 0 ? nameOf(text) : undefined })
      return {
        query: query as unknown as PostgresPoolClient['query'],
        release: destroy => client.release(destroy),
      }
    },
  }
}
