import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { batchStatement, eachByIndex } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import type { StripeEvent } from './event.ts'

/** An endpoint whose secret, still sealed, may have signed an event. */
export type Candidate = { store_id: string; id: string; mode: Mode; account_id: string; secret_box: string }

/** The largest armed set; of more the latest. */
export const MOST_ARMED = 64

const MOST_STORES = 3
const MOST_PER_STORE = 4

const living = (db: Database) =>
  db
    .selectFrom('endpoints as e')
    .innerJoin('connections as c', join =>
      join.onRef('c.store_id', '=', 'e.store_id').onRef('c.id', '=', 'e.connection_id'),
    )
    .where('e.retired_at', 'is', null)
    .select(['e.store_id', 'e.id', 'e.mode', 'c.account_id', 'e.secret_box'])

// Of each store the newest of each mode, current and previous; by a digest only the one with that token.
const endpointsIn = batchStatement<
  { store_id: string; token_digest: string | null },
  { endpoints: Candidate[] }
>(
  'endpoints_in',
  { store_id: 'uuid', token_digest: 'text' },
  `found as (
     select g.nr, living.*, row_number() over (partition by g.nr, living.mode order by living.id desc) as place
     from given g cross join lateral (${eachByIndex(`
       select e.store_id, e.id, e.mode, c.account_id, e.secret_box
       from endpoints e
       join connections c on c.store_id = e.store_id and c.id = e.connection_id
       where e.store_id = g.store_id and e.retired_at is null
         and (g.token_digest is null or e.token_digest = decode(g.token_digest, 'hex'))`)}) living
   )
   select nr, json_agg(json_build_object('store_id', store_id, 'id', id, 'mode', mode, 'account_id', account_id,
                                         'secret_box', secret_box) order by mode, place) as endpoints
   from found where place <= ${MOST_PER_STORE} group by nr`,
)

/** The endpoint that we registered under this token. */
export async function endpointOfToken(db: Database, storeId: string, digest: Buffer): Promise<Candidate[]> {
  const token_digest = digest.toString('hex')
  const row = await db.gather(endpointsIn, { store_id: storeId, token_digest }, [token_digest])
  return row?.endpoints ?? []
}

/** The newest endpoints of a store, live ones first: current and previous. */
export async function endpointsOfStore(db: Database, storeId: string): Promise<Candidate[]> {
  const row = await db.gather(endpointsIn, { store_id: storeId, token_digest: null }, [storeId])
  return row?.endpoints ?? []
}

// Endpoints that we registered have a URL of their own: only pasted ones deliver to the shared one.
const pasted = (db: Database) => living(db).where('e.origin', '=', 'pasted')

/**
 * The armed set: endpoints saved or tested in the last day, or waiting for their first event. The dashboard's test
 * events carry nothing of ours, and this is how they find their way.
 */
export function armedEndpoints(db: Database): Promise<Candidate[]> {
  return pasted(db)
    .where(eb =>
      eb.or([eb('e.proven_at', 'is', null), eb('e.armed_at', '>', sql<Date>`now() - interval '1 day'`)]),
    )
    .orderBy('e.armed_at', 'desc')
    .limit(MOST_ARMED)
    .execute()
}

/** All pasted endpoints behind a place in their order, `most` of them. */
export function endpointsBehind(
  db: Database,
  last: { store_id: string; id: string } | undefined,
  most: number,
): Promise<Candidate[]> {
  const page = pasted(db).orderBy('e.store_id').orderBy('e.id').limit(most)
  if (!last) return page.execute()
  return page
    .where(eb => eb(eb.refTuple('e.store_id', 'e.id'), '>', eb.tuple(last.store_id, last.id)))
    .execute()
}

const storesOfIntent = batchStatement<{ intent: string }, { stores: string[] }>(
  'stores_of_intent',
  { intent: 'text' },
  `found as (
     select g.nr, paid.store_id
     from given g cross join lateral (
       select store_id from payments where payment_intent = g.intent limit ${MOST_STORES}) paid
   )
   select nr, array_agg(store_id::text) as stores from found group by nr`,
)

/**
 * Stores an event is probably for, best guess first: our own metadata, else the payment it is about. These are only
 * hints of an unverified body; they choose which secrets are tried first and nothing else.
 */
export async function hintedStores(db: Database, event: StripeEvent): Promise<string[]> {
  const { object } = event.data
  const named = (object.metadata as { store_id?: unknown } | null | undefined)?.store_id
  if (typeof named === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(named)) return [named]
  const intent = object.object === 'payment_intent' ? object.id : object.payment_intent
  if (typeof intent !== 'string') return []
  return (await db.gather(storesOfIntent, { intent }, []))?.stores ?? []
}
