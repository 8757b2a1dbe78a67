import type { Kysely } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { type Listed, listed } from '../lib/listing.ts'
import { NotFound } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import type { OrderQuery } from './order-schemas.ts'
import type { Order } from './table.ts'

export type ListedOrder = Order & { payment_intent: string | null }

export const orders = (db: Kysely<Tables>, store: Pick<Store, 'id'>) =>
  db
    .selectFrom('orders as o')
    .where('o.store_id', '=', store.id)
    .selectAll('o')
    .select(eb =>
      eb
        .selectFrom('payments as p')
        .whereRef('p.store_id', '=', 'o.store_id')
        .whereRef('p.order_id', '=', 'o.id')
        .orderBy('p.created_at', 'desc')
        .limit(1)
        .select('p.payment_intent')
        .as('payment_intent'),
    )

/** A store's orders, newest first, a page at a time. What changed since a moment: src/orders/changes.ts. */
export async function listOrders(
  db: Database,
  store: Store,
  { status, reference, cursor, limit }: OrderQuery,
): Promise<Listed<ListedOrder>> {
  let query = orders(db, store)
    .orderBy('o.id', 'desc') // ids are UUID v7: newest first, on the primary key
    .limit(limit + 1)
  if (status) query = query.where('o.status', '=', status)
  if (reference) query = query.where('o.reference', '=', reference)
  if (cursor) query = query.where('o.id', '<', cursor)
  return listed(await query.execute(), limit)
}

/** Throws NotFound. */
export async function findOrder(db: Kysely<Tables>, store: Pick<Store, 'id'>, id: string) {
  const order = await orders(db, store).where('o.id', '=', id).executeTakeFirst()
  if (!order) throw new NotFound('There is no such order.')
  const timeline = await db
    .selectFrom('order_timeline')
    .select(['at', 'status', 'source', 'event_id', 'detail'])
    .where('store_id', '=', store.id)
    .where('order_id', '=', id)
    .orderBy('at')
    .execute()
  return { ...order, timeline }
}
