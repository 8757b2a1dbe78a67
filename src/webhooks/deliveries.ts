import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'
import type { Refusal } from './refusals.ts'

/** One event that was taken, or all that was refused for one reason within one hour. */
export type Delivery = {
  at: Date
  /** Null: refused. */
  id: string | null
  mode: Mode | null
  type: string | null
  outcome: 'processed' | 'ignored' | 'quarantined' | null
  /** Stripe's list of events brought it, no webhook did. */
  fetched: boolean
  replayed_at: Date | null
  order_id: string | null
  confirmation_code: string | null
  refusal: Refusal | null
  url: 'own' | 'shared' | null
  times: number
}

/** More than anybody reads to find out why an order waits. */
const MOST_SHOWN = 50

/** The last deliveries for a store, newest first: what was taken, what was refused, and why. */
export async function listDeliveries(db: Database, storeId: string): Promise<Delivery[]> {
  const { rows } = await sql<Delivery>`
    with taken as (
      select received_at, id, mode, type, outcome, endpoint_id, replayed_at,
        coalesce(payload #>> '{data,object,payment_intent}', payload #>> '{data,object,id}') as intent
      from events where store_id = ${storeId}::uuid
      order by received_at desc limit ${MOST_SHOWN}
    )
    select t.received_at as at, t.id, t.mode, t.type, t.outcome, t.endpoint_id is null as fetched, t.replayed_at,
      o.id as order_id, o.confirmation_code, null as refusal, null as url, 1 as times
    from taken t
    left join payments p on p.store_id = ${storeId}::uuid and p.payment_intent = t.intent
    left join orders o on o.store_id = p.store_id and o.id = p.order_id
    union all
    select r.last_at, null, null, null, null, false, null, null, null, r.reason, r.url, r.times
    from refused_deliveries r where r.store_id = ${storeId}::uuid
    order by at desc limit ${MOST_SHOWN}`.execute(db)
  return rows
}
