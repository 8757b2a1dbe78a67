import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'

type KindStorage = { type: string; mode: Mode; objects: number; deleted: number; bytes: number }

export type Storage = { kinds: KindStorage[]; events: number; event_bytes: number }

/**
 * What the mirror and the inbox hold of a store: how many of each kind, and how many bytes as they are stored,
 * compressed, without indexes. It counts row by row: a moment for each million.
 */
export async function storageOf(db: Database, storeId: string): Promise<Storage> {
  const kinds = await sql<KindStorage>`
    select type, mode, count(*)::int as objects, count(*) filter (where deleted)::int as deleted,
      sum(pg_column_size(object))::bigint as bytes
    from stripe_objects where store_id = ${storeId}::uuid
    group by type, mode order by objects desc, type`.execute(db)
  const inbox = await sql<{ events: number; event_bytes: number }>`
    select count(*)::int as events, coalesce(sum(pg_column_size(payload)), 0)::bigint as event_bytes
    from events where store_id = ${storeId}::uuid`.execute(db)
  return { kinds: kinds.rows, ...inbox.rows[0]! }
}

/**
 * Tells the planner what the mirror looks like by now. A table that it last saw empty it searches by the wrong index,
 * and the embedded database has nobody who would look by itself. The objects are left out: no plan asks about them,
 * and reading them is what takes long. Skipped while somebody else is at it.
 */
export async function countAgain(db: Database): Promise<void> {
  await sql`analyze (skip_locked) stripe_objects (store_id, type, id, mode, account, created, customer,
    payment_intent, charge, invoice, subscription, product, seen_at, deleted, unsure)`.execute(db)
}
