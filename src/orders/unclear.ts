import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

/**
 * Takes a payment of whose refunds Stripe spoke without naming them, longest waiting first; it is due again in ten
 * minutes unless its refunds are known by then (src/refunds).
 */
export async function takeUnclearPayment(
  db: Database,
): Promise<{ store_id: string; id: string } | undefined> {
  const { rows } = await sql<{ store_id: string; id: string }>`
    with next as (
      select store_id, id from payments where refunds_ask_at <= now()
      order by refunds_ask_at limit 1 for update skip locked
    )
    update payments p set refunds_ask_at = now() + interval '10 minutes'
    from next where p.store_id = next.store_id and p.id = next.id
    returning p.store_id, p.id`.execute(db)
  return rows[0]
}
