import type { Database } from '../db/database.ts'
import { type Statement, statement } from '../db/statement.ts'
import { applyDisputeWhen, type DisputeValues, disputeValues, JUDGE_DISPUTE } from '../disputes/settle.ts'
import type { Mode } from '../lib/mode.ts'
import { type AccountValues, accountValues, applyAccountWhen, JUDGE_ACCOUNT } from '../marketplace/found.ts'
import { type MirrorValues, mirrorValues } from '../mirror/mirror.ts'
import { applyPageWhen, JUDGE_PAGE, type PageValues, pageValues } from '../orders/page-settle.ts'
import { settleValues } from '../orders/settle.ts'
import type { Source } from '../orders/table.ts'
import { applyWhen, JUDGE, type SettleValues } from '../orders/verdict.ts'
import { applyRefundsWhen, JUDGE_REFUNDS, type RefundValues, refundValues } from '../refunds/settle.ts'
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
export function settlingBy<Row>(
  name: string,
  frame: (settling: Settling) => string,
  run: <Values>(
    db: Database,
    statement: Statement<Values, Row>,
    values: Values,
    key: string,
  ) => Promise<Row[]>,
) {
  const of = <Values>(kind: string, settling: Settling): Statement<Envelope & Values, Row> =>
    statement(`${name}_${kind}`, frame(settling))
  const payment = of<SettleValues>('payment', { judge: JUDGE, applyWhen })
  const page = of<PageValues>('page', { judge: JUDGE_PAGE, applyWhen: applyPageWhen })
  const refunds = of<RefundValues>('refunds', { judge: JUDGE_REFUNDS, applyWhen: applyRefundsWhen })
  const dispute = of<DisputeValues>('dispute', { judge: JUDGE_DISPUTE, applyWhen: applyDisputeWhen })
  const account = of<AccountValues>('account', { judge: JUDGE_ACCOUNT, applyWhen: applyAccountWhen })

  return function settle(db: Database, authority: Authority, event: StripeEvent): Promise<Row[]> {
    const envelope = envelopeOf(authority, event)
    const news = newsOf(authority, event)
    const key = `${authority.store_id} ${(news && 'payment_intent' in news ? news.payment_intent : null) ?? envelope.object_id}`
    switch (news?.about) {
      case 'page':
        return run(db, page, { ...envelope, ...pageValues(news) }, key)
      case 'refunds':
        return run(db, refunds, { ...envelope, ...refundValues(news) }, key)
      case 'dispute':
        return run(db, dispute, { ...envelope, ...disputeValues(news) }, key)
      case 'account':
        return run(db, account, { ...envelope, ...accountValues(news) }, key)
      default:
        // News of nothing we act on goes the way of payments, where it finds none.
        return run(db, payment, { ...envelope, ...settleValues(news) }, key)
    }
  }
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
    payload: JSON.stringify(event),
  }
}
