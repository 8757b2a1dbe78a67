import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Store } from '../stores/table.ts'

/** Whose stores may be seen: all of an address, or the one that a partner's link was for. */
type Reach = { email: string; store_id: string | null }

const owned = (db: Kysely<Tables>, email: string) =>
  db.selectFrom('stores').where(sql<string>`lower(owner_email)`, '=', email.toLowerCase())

const seats = (db: Kysely<Tables>, email: string) =>
  db.selectFrom('vendors as v').where(sql<string>`lower(v.email)`, '=', email.toLowerCase())

/** Whether an address may sign in at all: as an owner, or as a vendor. */
export async function ownsAnything(db: Kysely<Tables>, email: string): Promise<boolean> {
  if (await owned(db, email).select('id').limit(1).executeTakeFirst()) return true
  return (await seats(db, email).select('v.id').limit(1).executeTakeFirst()) !== undefined
}

/** A place at which somebody sells. */
export type Seat = { store_id: string; store_name: string; vendor_id: string; vendor_name: string }

/** Where an address sells as a vendor. A partner's link into one store's portal opens none of it. */
export async function seatsOf(db: Kysely<Tables>, { email, store_id }: Reach): Promise<Seat[]> {
  if (store_id) return []
  return seats(db, email)
    .innerJoin('stores as s', 's.id', 'v.store_id')
    .select(['v.store_id', 's.name as store_name', 'v.id as vendor_id', 'v.name as vendor_name'])
    .orderBy('v.name')
    .orderBy('v.store_id')
    .limit(500)
    .execute()
}

/** One of them; somebody else's is not found, like one that does not exist. */
export async function findSeat(
  db: Kysely<Tables>,
  reach: Reach,
  place: Pick<Seat, 'store_id' | 'vendor_id'>,
): Promise<Store | undefined> {
  if (reach.store_id) return undefined
  return seats(db, reach.email)
    .innerJoin('stores as s', 's.id', 'v.store_id')
    .where('v.store_id', '=', place.store_id)
    .where('v.id', '=', place.vendor_id)
    .selectAll('s')
    .executeTakeFirst()
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
