import { sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'
import { NotFound } from '../lib/problem.ts'
import { type ReplayOutcome, retakeEvent } from './replay.ts'

export type QuarantinedEvent = {
  id: string
  mode: Mode
  type: string
  /** What of it contradicts the order: amount, currency, account or mode. */
  reason: string | null
  received_at: Date
  /** What it is about, as far as it says so. */
  object_id: string | null
  amount: number | null
  currency: string | null
  order_id: string | null
  confirmation_code: string | null
  order_amount: number | null
  order_currency: string | null
}

/** More than anybody decides about in one sitting. */
const MOST = 100

/** The events of a store that contradicted an order and about which nobody has decided yet, newest first. */
export async function listQuarantined(db: Database, storeId: string): Promise<QuarantinedEvent[]> {
  const { rows } = await sql<QuarantinedEvent>`
    select e.id, e.mode, e.type, e.reason, e.received_at,
      e.payload #>> '{data,object,id}' as object_id,
      case when jsonb_typeof(coalesce(e.payload #> '{data,object,amount}', e.payload #> '{data,object,amount_total}')) = 'number'
        then coalesce(e.payload #>> '{data,object,amount}', e.payload #>> '{data,object,amount_total}')::numeric::bigint
        end as amount,
      e.payload #>> '{data,object,currency}' as currency,
      o.id as order_id, o.confirmation_code, o.amount as order_amount, o.currency as order_currency
    from events e
    left join lateral (
      select order_id from payments
      where store_id = e.store_id and stripe_session = e.payload #>> '{data,object,id}'
      union all
      select order_id from payments
      where store_id = e.store_id and payment_intent =
        coalesce(e.payload #>> '{data,object,payment_intent}', e.payload #>> '{data,object,id}')
      limit 1
    ) p on true
    left join orders o on o.store_id = e.store_id and o.id = p.order_id
    where e.store_id = ${storeId}::uuid and e.outcome = 'quarantined' and e.resolved_at is null
    order by e.received_at desc
    limit ${MOST}`.execute(db)
  return rows
}

type Place = { mode: Mode; id: string }

/** Nobody needs to look at it any more; the note says why. It changes no order. Throws NotFound. */
export async function dismissEvent(
  db: Database,
  storeId: string,
  { mode, id }: Place,
  note: string,
  actor: Actor,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const dismissed = await trx
      .updateTable('events')
      .set({ resolved_at: sql<Date>`now()`, note })
      .where('store_id', '=', storeId)
      .where('mode', '=', mode)
      .where('id', '=', id)
      .where('outcome', '=', 'quarantined')
      .where('resolved_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!dismissed) throw new NotFound('There is no such event in quarantine.')
    await record(trx, storeId, actor, 'event.dismissed', { mode, event: id, note })
  })
}

/**
 * Takes a quarantined event once more, after its cause was mended: it is judged again, and what contradicts the
 * order stays in quarantine. Throws NotFound.
 */
export async function retryEvent(
  db: Database,
  storeId: string,
  { mode, id }: Place,
  actor: Actor,
): Promise<ReplayOutcome> {
  const waiting = await db
    .selectFrom('events')
    .select('id')
    .where('store_id', '=', storeId)
    .where('mode', '=', mode)
    .where('id', '=', id)
    .where('outcome', '=', 'quarantined')
    .where('resolved_at', 'is', null)
    .executeTakeFirst()
  if (!waiting) throw new NotFound('There is no such event in quarantine.')
  return retakeEvent(db, storeId, { mode, id }, actor)
}
