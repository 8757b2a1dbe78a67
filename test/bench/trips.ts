import type { Figure } from './figures.ts'
import type { House } from './house.ts'
import { load } from './load.ts'
import type { Bench } from './sections.ts'

const REQUESTS = 50

/**
 * How many statements one request sends to Postgres, counted by pg_stat_statements over some requests in a row.
 * Nothing when Postgres is not ours, or counts nothing.
 */
export async function tripsOf(
  { postgres }: Bench,
  house: House,
  title: string,
  requests: (count: number) => Buffer[] | Promise<Buffer[]>,
  status: number,
  goal?: { atMost: number },
): Promise<Figure[]> {
  if (!postgres.pid) return []
  const { origin, db } = house
  const [first, ...made] = await requests(1 + REQUESTS)
  // What is asked once and then remembered, such as who the caller is, is not part of a request.
  await load({ origin, connections: 1, requests: [first!], status })
  await db.engine.script('create extension if not exists pg_stat_statements')
  await postgres.set('pg_stat_statements.track', 'top')
  await db.engine.script('select pg_stat_statements_reset()')
  await load({ origin, connections: 1, requests: made, status })
  // The job queue asks for work now and then; its tables have a schema of their own.
  const { rows } = await db.engine.query<{ calls: number }>(
    `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database())
       and query !~ 'jobs|pg_stat_statements|pg_catalog'`,
  )
  await postgres.set('pg_stat_statements.track', 'none')
  const trips = rows[0]!.calls / REQUESTS
  return [
    {
      title: `${title}, round trips to Postgres`,
      ours: '',
      baseline: '',
      value: trips,
      unit: '',
      goal,
    },
  ]
}
