import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

export type OrderPlace = { store_id: string; id: string }

/**
 * Takes an order whose vendors' shares are behind (src/marketplace), longest waiting first. Whoever takes it also says
 * when it is looked at again unless it is done by then: instances share the work, and one that dies only delays it.
 */
export async function takeOrderToShare(db: Database): Promise<OrderPlace | undefined> {
  const { rows } = await sql<OrderPlace>`
    with next as (
      select store_id, id from orders where share_at <= now() order by share_at limit 1 for update skip locked
    )
    update orders o set share_at = now() + interval '5 minutes'
    from next where o.store_id = next.store_id and o.id = next.id
    returning o.store_id, o.id`.execute(db)
  return rows[0]
}

/** The shares are up to date with the order as it was `seen` (its `updated_at`, as text: a Date is not as fine). */
export async function orderShared(db: Database, order: OrderPlace, seen: string): Promise<void> {
  await db
    .updateTable('orders')
    .set({ share_at: null })
    .where('store_id', '=', order.store_id)
    .where('id', '=', order.id)
    .where('updated_at', '=', sql<Date>`${seen}::timestamptz`)
    .execute()
}

/** Something could not be brought up to date: another look in an hour, or when something happens. */
export async function shareLater(db: Database, order: OrderPlace): Promise<void> {
  await db
    .updateTable('orders')
    .set({ share_at: sql<Date>`now() + interval '1 hour'` })
    .where('store_id', '=', order.store_id)
    .where('id', '=', order.id)
    .execute()
}
