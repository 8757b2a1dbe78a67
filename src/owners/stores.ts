import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Store } from '../stores/table.ts'

/** Whose stores may be seen: all of an address, or the one that a partner's link was for. */
export type Reach = { email: string; store_id: string | null }

const owned = (db: Kysely<Tables>, email: string) =>
  db.selectFrom('stores').where(sql<string>`lower(owner_email)`, '=', email.toLowerCase())

export async function ownsAnything(db: Kysely<Tables>, email: string): Promise<boolean> {
  return (await owned(db, email).select('id').limit(1).executeTakeFirst()) !== undefined
}

/** The stores an owner may open, by name. */
export function storesOf(db: Kysely<Tables>, { email, store_id }: Reach): Promise<Store[]> {
  let query = owned(db, email).selectAll().orderBy('name').orderBy('id').limit(500)
  if (store_id) query = query.where('id', '=', store_id)
  return query.execute()
}

/** A store, if this owner may open it: somebody else's is not found, like one that does not exist. */
export function findOwnedStore(db: Kysely<Tables>, reach: Reach, id: string): Promise<Store | undefined> {
  if (reach.store_id && reach.store_id !== id) return Promise.resolve(undefined)
  return owned(db, reach.email).selectAll().where('id', '=', id).executeTakeFirst()
}
