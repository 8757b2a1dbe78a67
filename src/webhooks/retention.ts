import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

/**
 * How long an event is kept, in days. Stripe tries a delivery for 3 days and lists events for 30: what is forgotten
 * after 90 cannot come again.
 */
const EVENT_DAYS = 90

const BATCH = 1_000

/**
 * Deletes events older than EVENT_DAYS, in batches that hold up no delivery. Quarantined ones stay until somebody
 * has decided about them. Returns how many.
 */
export async function purgeEvents(db: Database): Promise<number> {
  let purged = 0
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from events where (store_id, mode, id) in (
        select store_id, mode, id from events
        where received_at < now() - make_interval(days => ${EVENT_DAYS})
          and (outcome <> 'quarantined' or resolved_at is not null)
        limit ${BATCH} for update skip locked)`.execute(db)
    purged += Number(numAffectedRows)
    if (Number(numAffectedRows) < BATCH) return purged
  }
}
