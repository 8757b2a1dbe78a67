import type { Database } from '../db/database.ts'
import { batchStatement, type Columns } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import { applyRefunds, lockPaid } from '../orders/after.ts'
import type { Source } from '../orders/table.ts'
import type { RefundFact } from './facts.ts'

/** What is told about the refunds of one payment, whoever tells it. */
export type RefundNews = {
  payment_intent: string
  facts: RefundFact[]
  /** How much of the charge Stripe says was refunded in all, if that is what it said. */
  charge_refunded: number | null
}

type RefundValues = {
  store_id: string
  mode: Mode
  payment_intent: string | null
  account_id: string | null
  source: Source
  event_id: string | null
  refunds: RefundFact[]
  charge_refunded: number | null
  /** These are all refunds that the payment has. */
  all_known: boolean
}

export const REFUND_COLUMNS: Columns<RefundValues> = {
  store_id: 'uuid',
  mode: 'text',
  payment_intent: 'text',
  account_id: 'text',
  source: 'text',
  event_id: 'text',
  refunds: 'jsonb',
  charge_refunded: 'bigint',
  all_known: 'boolean',
}

/** Reads `refunds` and locks the orders and the payments they are about. */
export const JUDGE_REFUNDS = `
  fact as (
    select g.nr, f.* from given g cross join lateral jsonb_to_recordset(g.refunds) as f (
      stripe_refund text, own_id uuid, named_id uuid, amount bigint, currency text, status text, reason text,
      failure text, created_at timestamptz)
  ),
  ${lockPaid(`
               when exists (select from fact where fact.nr = g.nr and fact.currency <> p.currency) then 'currency'
               when exists (select from fact where fact.nr = g.nr and fact.amount > p.amount) then 'amount'`)}`

// A refund moves one way only: under way, succeeded, and then perhaps failed after all. That is what makes the
// order of arrival irrelevant. https://docs.stripe.com/api/refunds/object#refund_object-status
const RANK = "array['pending', 'succeeded', 'cancelled', 'failed']"

/**
 * Keeps the facts where `allowed` (SQL) holds and nothing contradicts. A refund that names a row of ours is that
 * row; one that was made in the dashboard gets its own, always the same one. What we thought of a refund before
 * Stripe knew it does not count against what Stripe says.
 */
export const applyRefundsWhen = (allowed: string) => `
  changed as (
    insert into refunds as r (store_id, id, order_id, payment_id, stripe_refund, amount, currency, reason, status,
                              failure, ask_at, created_at)
    select g.store_id,
           coalesce(
             (select k.id from refunds k where k.store_id = g.store_id and k.stripe_refund = fact.stripe_refund),
             (select k.id from refunds k where k.store_id = g.store_id and k.id = fact.named_id
                and k.payment_id = v.payment_id and k.stripe_refund is null),
             fact.own_id),
           v.order_id, v.payment_id, fact.stripe_refund, fact.amount, fact.currency, fact.reason, fact.status,
           fact.failure, case when fact.status = 'pending' then now() + interval '6 hours' end, fact.created_at
    from fact join verdict v on v.nr = fact.nr join given g on g.nr = v.nr
    where v.contradiction is null and ${allowed}
    on conflict (store_id, id) do update
    set previous_status = r.status,
        status = case when r.stripe_refund is null
                        or array_position(${RANK}, excluded.status) > array_position(${RANK}, r.status)
                      then excluded.status else r.status end,
        failure = coalesce(excluded.failure, case when r.stripe_refund is not null then r.failure end),
        stripe_refund = excluded.stripe_refund,
        ask_at = case when r.status = 'pending' then excluded.ask_at end,
        updated_at = clock_timestamp()
    where r.stripe_refund is null or r.stripe_refund = excluded.stripe_refund
    returning r.id, r.order_id, r.amount, r.status, r.previous_status
  ),
  ${applyRefunds(allowed)}`

const settle = batchStatement<RefundValues, { order_id: string; contradiction: string | null }>(
  'settle_refunds',
  REFUND_COLUMNS,
  `${JUDGE_REFUNDS}, ${applyRefundsWhen('true')} select nr, order_id, contradiction from verdict`,
)

export const refundValues = ({ payment_intent, facts, charge_refunded }: RefundNews) => ({
  payment_intent,
  refunds: facts,
  charge_refunded,
  all_known: false,
})

/** Applies what we learnt by asking Stripe, or by its answer to what we asked for. */
export async function settleRefunds(
  db: Database,
  payment: { store_id: string; mode: Mode },
  news: RefundNews,
  source: Source,
  { complete = false }: { complete?: boolean } = {},
): Promise<void> {
  await db.runEach(settle, [
    {
      store_id: payment.store_id,
      mode: payment.mode,
      ...refundValues(news),
      account_id: null,
      source,
      event_id: null,
      all_known: complete,
    },
  ])
}
