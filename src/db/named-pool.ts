import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { traced } from '../lib/tracing.ts'

/** A statement as a step of what is done, without its values. */
export const tracedQuery = <T>(text: string, work: () => Promise<T>): Promise<T> =>
  traced(
    /\w+/.exec(text)?.[0]?.toLowerCase() ?? 'query',
    'step',
    { 'db.system.name': 'postgresql', 'db.query.text': text },
    work,
  )

/** Enough for every statement the code can write; what is built from data (long lists) stays unnamed. */
const MOST_NAMES = 1_000

/**
 * A pool whose clients name their statements, so that Postgres parses and plans each one once per connection:
 * worth a third of the time of a short query (docs/performance.md). Not where a pooler would mix connections up.
 */
export function namedPool(pool: pg.Pool, named: boolean): PostgresPool {
  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (!named || known || names.size >= MOST_NAMES) return known
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
        tracedQuery(text, () =>
          client.query({ text, values, name: values.length > 0 ? nameOf(text) : undefined }),
        )
      return {
        query: query as unknown as PostgresPoolClient['query'],
        release: destroy => client.release(destroy),
      }
    },
  }
}
