import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Connection } from './table.ts'

type Place = Pick<Connection, 'store_id' | 'id'>

/** The first rest, and the longest, in seconds. */
const SHORTEST = 30
const LONGEST = 3_600

/**
 * Stripe did not answer for this merchant, or asked for patience: nothing in the background calls it with this
 * connection for 30 seconds, twice as long after each further failure, at most an hour. Shoppers are not held up.
 */
export async function restConnection(db: Database, connection: Place): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      failures: sql`failures + 1`,
      resting_until: sql<Date>`now() + make_interval(secs => least(${SHORTEST} * 2.0 ^ least(failures, 20), ${LONGEST}))`,
    })
    .where('store_id', '=', connection.store_id)
    .where('id', '=', connection.id)
    // Several calls that fail together are one failure.
    .where(eb => eb.or([eb('resting_until', 'is', null), eb('resting_until', '<=', sql<Date>`now()`)]))
    .execute()
}

/** Stripe answered: the next failure is a first one again. */
export async function wakeConnection(db: Database, connection: Place): Promise<void> {
  await db
    .updateTable('connections')
    .set({ failures: 0, resting_until: null })
    .where('store_id', '=', connection.store_id)
    .where('id', '=', connection.id)
    .where('failures', '>', 0)
    .execute()
}
