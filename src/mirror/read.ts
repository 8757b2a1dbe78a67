import { type SqlBool, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { listed } from '../lib/listing.ts'
import { BadInput, NotFound } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import type { Place } from './keep.ts'
import type { ObjectQuery } from './schemas.ts'

type Of = Pick<Store, 'id' | 'mode'>

/** What objects can be looked up by, besides their type and time: each has an index. */
export const LINKS = ['customer', 'payment_intent', 'charge', 'invoice', 'subscription', 'product'] as const

const COLUMNS = ['id', 'type', 'mode', 'account', 'created', 'deleted', 'seen_at', 'object'] as const

/**
 * Objects of a type, newest first; those deleted at Stripe only when asked for. Throws BadInput for a strange cursor.
 */
export async function listObjects(
  db: Database,
  store: Of,
  type: string,
  { mode = store.mode, connected_account = '', cursor, limit, ...filters }: ObjectQuery,
) {
  const place: Place = { store_id: store.id, mode, account: connected_account }
  let query = within(db, place, type)
    .orderBy('created', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (!filters.deleted) query = query.where('deleted', '=', false)
  for (const link of LINKS) {
    const id = filters[link]
    if (id !== undefined) query = query.where(link, '=', id)
  }
  if (filters.created_from) query = query.where('created', '>=', new Date(filters.created_from))
  if (filters.created_before) query = query.where('created', '<', new Date(filters.created_before))
  if (cursor !== undefined) query = query.where(await behind(db, place, type, cursor))
  return listed(await query.select(COLUMNS).execute(), limit)
}

// Kinds without a time of creation come first, as Postgres orders them.
async function behind(db: Database, place: Place, type: string, cursor: string) {
  const last = await within(db, place, type).where('id', '=', cursor).select('created').executeTakeFirst()
  if (!last) throw new BadInput({ errors: [{ pointer: '/cursor', detail: 'is none that a list answered' }] })
  return last.created === null
    ? sql<SqlBool>`(created is not null or id < ${cursor})`
    : sql<SqlBool>`(created, id) < (${last.created}::timestamptz, ${cursor})`
}

const within = (db: Database, { store_id, mode, account }: Place, type: string) =>
  db
    .selectFrom('stripe_objects')
    .where('store_id', '=', store_id)
    .where('type', '=', type)
    .where('mode', '=', mode)
    .where('account', '=', account)

/** One object, also a deleted one. Throws NotFound. */
export async function findObject(
  db: Database,
  store: Of,
  type: string,
  id: string,
  { mode = store.mode, connected_account = '' }: Pick<ObjectQuery, 'mode' | 'connected_account'>,
) {
  const place: Place = { store_id: store.id, mode, account: connected_account }
  const found = await within(db, place, type).where('id', '=', id).select(COLUMNS).executeTakeFirst()
  if (!found) throw new NotFound('There is no such object in the mirror.')
  return found
}

/** The objects that a payment brought about, what came first above. */
export async function objectsOfPayment(db: Database, store: Of, mode: Store['mode'], paymentIntent: string) {
  return db
    .selectFrom('stripe_objects')
    .where('store_id', '=', store.id)
    .where('mode', '=', mode)
    .where(eb =>
      eb.or([
        eb.and([eb('type', '=', 'payment_intent'), eb('id', '=', paymentIntent)]),
        eb('payment_intent', '=', paymentIntent),
      ]),
    )
    .select(COLUMNS)
    .orderBy('created')
    .orderBy('id')
    .limit(50)
    .execute()
}
