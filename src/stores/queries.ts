import { type Insertable, type Kysely, sql, type Updateable } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Store, StoresTable } from './table.ts'

export function findStore(db: Kysely<Tables>, id: string): Promise<Store | undefined> {
  return db.selectFrom('stores').selectAll().where('id', '=', id).executeTakeFirst()
}

/** A store, if it is this partner's. */
export function findStoreOf(db: Database, partnerId: string, id: string): Promise<Store | undefined> {
  return db
    .selectFrom('stores')
    .selectAll()
    .where('id', '=', id)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
}

/** Inserts a store, or answers the one that has the id. */
export async function insertStore(db: Kysely<Tables>, row: Insertable<StoresTable>) {
  const created = await db
    .insertInto('stores')
    .values(row)
    .onConflict(conflict => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst()
  const store = created ?? (await findStore(db, row.id))
  if (!store) throw new Error('a store vanished while it was created')
  return { store, created: created !== undefined }
}

export function updateStore(db: Kysely<Tables>, id: string, change: Updateable<StoresTable>): Promise<Store> {
  return db
    .updateTable('stores')
    .set({ ...change, updated_at: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
