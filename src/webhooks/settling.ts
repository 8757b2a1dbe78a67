import type { Database } from '../db/database.ts'
import { type Statement, statement } from '../db/statement.ts'
import { applyDisputeWhen, type DisputeValues, disputeValues, JUDGE_DISPUTE } from '../disputes/settle.ts'
import type { Mode } from '../lib/mode.ts'
import type { MirrorValues } from '../mirror/mirror.ts'
import { applyWhen, JUDGE, type SettleValues, settleValues } from '../orders/settle.ts'
import type { Source } from '../orders/table.ts'
import { applyRefundsWhen, JUDGE_REFUNDS, type RefundValues, refundValues } from '../refunds/settle.ts'
import type { StripeEvent } from './event.ts'
import { handlers, type News } from './handlers.ts'

/**
 * Who says whose event it is: the endpoint whose secret verified it, or (`id` null) the store's own key, with which
 * it was fetched from Stripe. The account is not known any more only of what was fetched long ago.
 */
export type Authority = { store_id: string; id: string | null; mode: Mode; account_id: string | null }

/** What of an event is written down beside what it says of an order. */
type Envelope = MirrorValues & {
  account_id: string | null
  source: Source
  endpoint_id: string | null
  event_id: string
  type: string
  account: string | null
  api_version: string | null
  payload: string
}

/** How news of one kind settle an order: SQL that locks and judges, and SQL that applies where something holds. */
export type Settling = { judge: string; applyWhen: (allowed: string) => string }

/** The outcome that the verdict (`v`) means for an event's row. */
export const OUTCOME =
  "case when v.payment_id is null then 'ignored' when v.contradiction is null then 'processed' else 'quarantined' end"

/**
 * Statements around what an event says: `frame` is given how its news settle an order. Answers the function that runs
 * the right one for an event.
 */
export function settlingBy<Row>(name: string, frame: (settling: Settling) => string) {
  const of = <Values>(kind: string, settling: Settling): Statement<Envelope & Values, Row> =>
    statement(`${name}_${kind}`, frame(settling))
  const payment = of<SettleValues>('payment', { judge: JUDGE, applyWhen })
  const refunds = of<RefundValues>('refunds', { judge: JUDGE_REFUNDS, applyWhen: applyRefundsWhen })
  const dispute = of<DisputeValues>('dispute', { judge: JUDGE_DISPUTE, applyWhen: applyDisputeWhen })

  return function run(db: Database, authority: Authority, event: StripeEvent): Promise<Row[]> {
    const envelope = envelopeOf(authority, event)
    const news = newsOf(authority, event)
    switch (news?.about) {
      case 'refunds':
        return db.run(refunds, { ...envelope, ...refundValues(news) })
      case 'dispute':
        return db.run(dispute, { ...envelope, ...disputeValues(news) })
      default:
        // News of nothing we act on goes the way of payments, where it finds none.
        return db.run(payment, { ...envelope, ...settleValues(news) })
    }
  }
}

// Events of a connected account, and of the other mode, are kept but never about an order of the store's own.
function newsOf(authority: Authority, event: StripeEvent): News | undefined {
  const ours = !event.account && event.livemode === (authority.mode === 'live')
  // Whoever can sign an event chooses its type: `constructor`, for one, is no handler of ours.
  if (!ours || !Object.hasOwn(handlers, event.type)) return undefined
  return handlers[event.type]?.(event.data.object, event.type)
}

function envelopeOf(authority: Authority, event: StripeEvent): Envelope {
  const { object } = event.data
  const named = isName(object.object) && isName(object.id)
  return {
    store_id: authority.store_id,
    mode: authority.mode,
    endpoint_id: authority.id,
    account_id: authority.account_id,
    event_id: event.id,
    type: event.type,
    account: event.account ?? null,
    api_version: event.api_version ?? null,
    seen_at: new Date(event.created * 1_000),
    source: authority.id ? 'webhook' : 'recovery',
    payload: JSON.stringify(event),
    object_account: event.account ?? '',
    object_type: named ? String(object.object) : null,
    object_id: named ? String(object.id) : null,
    deleted: object.deleted === true || event.type.endsWith('.deleted'),
  }
}

/** A kind or an id as Stripe gives them: longer than 255 is neither, and would not fit an index. */
const isName = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 255
