import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import { applyDisputeWhen, type DisputeValues, disputeValues, JUDGE_DISPUTE } from '../disputes/settle.ts'
import type { Mode } from '../lib/mode.ts'
import { type MirrorValues, mirrorObject } from '../mirror/mirror.ts'
import { applyWhen, JUDGE, type SettleValues, settleValues } from '../orders/settle.ts'
import type { Source } from '../orders/table.ts'
import { applyRefundsWhen, JUDGE_REFUNDS, type RefundValues, refundValues } from '../refunds/settle.ts'
import { proveEndpoints } from '../stores/proven.ts'
import type { StripeEvent } from './event.ts'
import { handlers, type News } from './handlers.ts'

/**
 * Who says whose event it is: the endpoint whose secret verified it, or (`id` null) the store's own key, with which
 * it was fetched from Stripe.
 */
export type Authority = { store_id: string; id: string | null; mode: Mode; account_id: string }

export type Outcome = 'processed' | 'already_processed' | 'ignored' | 'quarantined'

type Envelope = MirrorValues & {
  endpoint_id: string | null
  event_id: string
  type: string
  account: string | null
  api_version: string | null
  payload: string
}

type Row = { known: boolean; outcome: Exclude<Outcome, 'already_processed'> | null }

/** How news of one kind settle an order: SQL that locks and judges, and SQL that applies where something holds. */
type Settling = { judge: string; applyWhen: (allowed: string) => string }

// Inbox, order, timeline, mirror and the endpoint's proof in one statement: one round trip, one transaction, and a
// row per event id decides which of many equal deliveries does the work.
const accepting = <Values extends Record<string, unknown>>(name: string, { judge, applyWhen }: Settling) =>
  statement<Envelope & Values, Row>(
    name,
    `with authority as (
      select :endpoint_id::uuid as id
      where :endpoint_id::uuid is null or exists (
        select from endpoints where store_id = :store_id::uuid and id = :endpoint_id::uuid and retired_at is null)
    ),
    ${judge},
    inbox as (
      insert into events (store_id, mode, id, endpoint_id, type, account, api_version, created, outcome, reason, payload)
      select :store_id::uuid, :mode::text, :event_id::text, authority.id, :type::text, :account::text,
             :api_version::text, :seen_at::timestamptz,
             case when v.payment_id is null then 'ignored' when v.contradiction is null then 'processed' else 'quarantined' end,
             v.contradiction, :payload::jsonb
      from authority left join verdict v on true
      on conflict (store_id, mode, id) do nothing
      returning outcome, payload
    ),
    ${applyWhen("exists (select from inbox where outcome = 'processed')")},
    ${mirrorObject('inbox', "inbox.payload #> '{data,object}'")},
    ${proveEndpoints('select id from authority')}
    select exists (select from authority) as known, (select outcome from inbox) as outcome`,
  )

const acceptPayment = accepting<SettleValues>('accept_payment', { judge: JUDGE, applyWhen })
const acceptRefunds = accepting<RefundValues>('accept_refunds', {
  judge: JUDGE_REFUNDS,
  applyWhen: applyRefundsWhen,
})
const acceptDispute = accepting<DisputeValues>('accept_dispute', {
  judge: JUDGE_DISPUTE,
  applyWhen: applyDisputeWhen,
})

/**
 * Takes a verified event, once per store and mode. Everything it changes commits together or not at all.
 * Undefined when the endpoint was retired since its secret was read.
 */
export async function acceptEvent(
  db: Database,
  authority: Authority,
  event: StripeEvent,
): Promise<Outcome | undefined> {
  const { object } = event.data
  // Events of a connected account, and of the other mode, are kept but never about an order of the store's own.
  const ours = !event.account && event.livemode === (authority.mode === 'live')
  const news = ours ? handlers[event.type]?.(object, event.type) : undefined
  const [row] = await runFor(db, news, {
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
    object_type: typeof object.object === 'string' ? object.object : null,
    object_id: typeof object.id === 'string' ? object.id : null,
    deleted: object.deleted === true || event.type.endsWith('.deleted'),
  })
  if (!row?.known) return undefined
  return row.outcome ?? 'already_processed'
}

type Common = Envelope & { account_id: string; source: Source }

// News of nothing we act on goes the way of payments, where it finds none.
function runFor(db: Database, news: News | undefined, common: Common): Promise<Row[]> {
  switch (news?.about) {
    case 'refunds':
      return db.run(acceptRefunds, { ...common, ...refundValues(news) })
    case 'dispute':
      return db.run(acceptDispute, { ...common, ...disputeValues(news) })
    default:
      return db.run(acceptPayment, { ...common, ...settleValues(news) })
  }
}
