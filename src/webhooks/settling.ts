import { type BatchStatement, batchStatement, type Columns } from '../db/statement.ts'
import { applyDisputeWhen, DISPUTE_COLUMNS, disputeValues, JUDGE_DISPUTE } from '../disputes/settle.ts'
import type { Mode } from '../lib/mode.ts'
import { ACCOUNT_COLUMNS, accountValues, applyAccountWhen, JUDGE_ACCOUNT } from '../marketplace/found.ts'
import { MIRROR_COLUMNS, type MirrorValues, mirrorValues } from '../mirror/mirror.ts'
import { applyPageWhen, JUDGE_PAGE, PAGE_COLUMNS, pageValues } from '../orders/page-settle.ts'
import { settleValues } from '../orders/settle.ts'
import type { Source } from '../orders/table.ts'
import { applyWhen, JUDGE, SETTLE_COLUMNS } from '../orders/verdict.ts'
import { applyRefundsWhen, JUDGE_REFUNDS, REFUND_COLUMNS, refundValues } from '../refunds/settle.ts'
import type { StripeEvent } from './event.ts'
import { connectHandlers, handlers, type News } from './handlers.ts'

/**
 * Who says whose event it is: the endpoint whose secret verified it, or (`id` null) the store's own key, with which
 * it was fetched from Stripe. The account is not known any more only of what was fetched long ago.
 */
export type Authority = { store_id: string; id: string | null; mode: Mode; account_id: string | null }

/** What of an event is written down beside what it says of an order. */
type Envelope = MirrorValues & {
  store_id: string
  mode: Mode
  seen_at: Date
  account_id: string | null
  source: Source
  endpoint_id: string | null
  event_id: string
  type: string
  account: string | null
  api_version: string | null
  payload: StripeEvent
}

const ENVELOPE_COLUMNS: Columns<Envelope> = {
  ...MIRROR_COLUMNS,
  store_id: 'uuid',
  mode: 'text',
  seen_at: 'timestamptz',
  account_id: 'text',
  source: 'text',
  endpoint_id: 'uuid',
  event_id: 'text',
  type: 'text',
  account: 'text',
  api_version: 'text',
  payload: 'jsonb',
}

/**
 * How news of one kind settle orders: SQL that locks and judges (`verdict`, of those that have their turn in `turns`),
 * and SQL that applies where something holds of a verdict `v`.
 */
type Settling = { judge: string; applyWhen: (allowed: string) => string }

/** The outcome that the verdict (`v`) means for an event's row. */
export const OUTCOME =
  "case when v.nr is null then 'ignored' when v.contradiction is null then 'processed' else 'quarantined' end"

/** A statement, what to run it with, and what that touches. */
type Settle<Row> = { statement: BatchStatement<object, Row>; values: object; locks: string[] }

/**
 * Statements around what events say: `frame` is given how their news settle orders. Answers the function that has the
 * right one for an event.
 */
export function settlingBy<Row extends object>(name: string, frame: (settling: Settling) => string) {
  const of = <Values>(kind: string, columns: Columns<Values>, settling: Settling) => {
    const all = { ...ENVELOPE_COLUMNS, ...columns } as Columns<Envelope & Values>
    return batchStatement<Envelope & Values, Row>(`${name}_${kind}`, all, frame(settling))
  }
  const payment = of('payment', SETTLE_COLUMNS, { judge: JUDGE, applyWhen })
  const page = of('page', PAGE_COLUMNS, { judge: JUDGE_PAGE, applyWhen: applyPageWhen })
  const refunds = of('refunds', REFUND_COLUMNS, { judge: JUDGE_REFUNDS, applyWhen: applyRefundsWhen })
  const dispute = of('dispute', DISPUTE_COLUMNS, { judge: JUDGE_DISPUTE, applyWhen: applyDisputeWhen })
  const account = of('account', ACCOUNT_COLUMNS, { judge: JUDGE_ACCOUNT, applyWhen: applyAccountWhen })

  return function settle(authority: Authority, event: StripeEvent): Settle<Row> {
    const envelope = envelopeOf(authority, event)
    const news = newsOf(authority, event)
    const locks = locksOf(envelope, news)
    switch (news?.about) {
      case 'page':
        return { statement: page, values: { ...envelope, ...pageValues(news) }, locks }
      case 'refunds':
        return { statement: refunds, values: { ...envelope, ...refundValues(news) }, locks }
      case 'dispute':
        return { statement: dispute, values: { ...envelope, ...disputeValues(news) }, locks }
      case 'account':
        return { statement: account, values: { ...envelope, ...accountValues(news) }, locks }
      default:
        // News of nothing we act on goes the way of payments, where it finds none.
        return { statement: payment, values: { ...envelope, ...settleValues(news) }, locks }
    }
  }
}

// The order (most are locked by their payment, the first in line), the mirror's row and the inbox's.
function locksOf({ store_id, object_id, event_id }: Envelope, news: News | undefined): string[] {
  const intent = news && 'payment_intent' in news ? news.payment_intent : null
  return [intent ?? object_id, object_id, event_id].filter(id => id !== null).map(id => `${store_id} ${id}`)
}

// Events of the other mode are kept, but never about what is the store's; those of a connected account not about its orders.
function newsOf(authority: Authority, event: StripeEvent): News | undefined {
  const ours = event.livemode === (authority.mode === 'live')
  const table = event.account ? connectHandlers : handlers
  // Whoever can sign an event chooses its type: `constructor`, for one, is no handler of ours.
  if (!ours || !Object.hasOwn(table, event.type)) return undefined
  return table[event.type]?.(event.data.object, event.type)
}

function envelopeOf(authority: Authority, event: StripeEvent): Envelope {
  return {
    ...mirrorValues(event),
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
    payload: event,
  }
}
