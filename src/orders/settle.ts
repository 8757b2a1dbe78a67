import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import { tellOf } from '../outbox/outbox.ts'
import type { Finding } from './finding.ts'
import { countSettled } from './settled.ts'
import type { OrderStatus, Source } from './table.ts'

/**
 * The one way an order's state changes by what Stripe says. Webhook, return page and sweeper all bring a Finding
 * and run the same SQL under the same row locks, so any order, repetition or loss of the three ends the same.
 *
 * It is written as parts of a statement because the webhook needs it in one round trip with its inbox (src/webhooks);
 * the values are those of SettleValues.
 */
export type SettleValues = {
  store_id: string
  mode: Mode
  payment_intent: string | null
  found: Finding['found'] | null
  amount: number | null
  currency: string | null
  charge: string | null
  failure: string | null
  /** The account whose endpoint signed; null when we asked Stripe ourselves with the payment's own key. */
  account_id: string | null
  /** When Stripe saw it, by Stripe's clock. */
  seen_at: Date
  source: Source
  event_id: string | null
}

// Two findings of one second (Stripe's clock ticks in seconds) count in this order.
const RANK = "array['open', 'failed', 'processing', 'canceled', 'succeeded']"

/** Locks the order and its payment, and compares what Stripe says with what we asked for. */
export const JUDGE = `
  target as (
    select p.id as payment_id, p.order_id, p.closed_at is null as is_open, p.charge as known_charge, o.status, o.paid_at, o.amount_refunded, o.amount as order_amount,
           p.found_at is null or (:seen_at::timestamptz, array_position(${RANK}, :found::text))
             >= (p.found_at, array_position(${RANK}, p.found)) as is_newest,
           case
             when p.mode <> :mode::text then 'mode'
             when p.account_id <> coalesce(:account_id::text, p.account_id) then 'account'
             when p.currency <> :currency::text then 'currency'
             when p.amount <> :amount::bigint then 'amount'
           end as contradiction
    from payments p
    join orders o on o.store_id = p.store_id and o.id = p.order_id
    where p.store_id = :store_id::uuid and p.payment_intent = :payment_intent::text
    for update of o, p
  ),
  verdict as (
    select *,
      case
        when :found = 'succeeded' and paid_at is null then
          case when amount_refunded = 0 then 'paid'
               when amount_refunded < order_amount then 'partially_refunded'
               else 'refunded' end
        when paid_at is not null or not is_newest then status
        when :found = 'processing' and status in ('pending', 'failed') then 'processing'
        when :found = 'failed' and status in ('pending', 'processing') then 'failed'
        -- Of an attempt that was over already it says nothing about the one that took its place.
        when :found = 'canceled' and is_open and status in ('processing', 'failed') then 'pending'
        else status
      end as next_status
    from target
  )`

/** Applies the verdict where `allowed` (SQL) holds and nothing contradicts. */
export const applyWhen = (allowed: string) => `
  tracked as (
    update payments p
    set found = case when v.is_newest then :found::text else p.found end,
        found_at = case when v.is_newest then :seen_at::timestamptz else p.found_at end,
        -- The charge of the attempt that counts: a late word of an earlier one must not name another.
        charge = case when v.is_newest or :found = 'succeeded' or p.charge is null
                      then coalesce(:charge::text, p.charge) else p.charge end,
        -- Nobody may confirm this PaymentIntent any more, so nobody needs its secret.
        client_secret_box = case when :found in ('succeeded', 'canceled') then null else p.client_secret_box end,
        closed_at = case when :found in ('succeeded', 'canceled') then coalesce(p.closed_at, now()) else p.closed_at end
    from verdict v
    where p.store_id = :store_id::uuid and p.id = v.payment_id and v.contradiction is null and ${allowed}
  ),
  settled as (
    update orders o
    set status = v.next_status,
        paid_at = case when :found = 'succeeded' then coalesce(o.paid_at, now()) else o.paid_at end,
        failure = case when v.next_status = 'failed' and v.is_newest then :failure::jsonb
                       when v.next_status = 'failed' then o.failure end,
        updated_at = clock_timestamp()
    from verdict v
    where o.store_id = :store_id::uuid and o.id = v.order_id and v.contradiction is null and ${allowed}
      -- The same decline, told once more or looked up again, is no second one.
      and (o.status <> v.next_status or (v.next_status = 'failed' and :found = 'failed' and v.is_newest
        and (v.known_charge, o.failure) is distinct from (:charge::text, :failure::jsonb)))
    returning o.id, o.status, v.paid_at is null and :found = 'succeeded' as newly_paid
  ),
  noted as (
    insert into order_timeline (store_id, order_id, status, source, event_id, detail)
    select :store_id::uuid, id, status, :source::text, :event_id::text, :failure::jsonb from settled
  ),
  ${tellOf(`
    select :store_id::uuid, case when newly_paid then 'order.paid' else 'order.' || status end, id, null::text
    from settled where newly_paid or status <> 'pending'`)}`

export type Settlement = {
  order_id: string
  before: OrderStatus
  after: OrderStatus
  contradiction: string | null
}

const settle = statement<SettleValues, Settlement>(
  'settle',
  `with ${JUDGE}, ${applyWhen('true')}
   select order_id, status as before, contradiction,
          case when contradiction is null then next_status else status end as after
   from verdict`,
)

/** The values of a Finding, or of an event that is not about a payment. */
export function settleValues(finding: Finding | undefined) {
  return {
    payment_intent: finding?.payment_intent ?? null,
    found: finding?.found ?? null,
    amount: finding?.amount ?? null,
    currency: finding?.currency ?? null,
    charge: finding?.charge ?? null,
    failure: finding?.failure ? JSON.stringify(finding.failure) : null,
  }
}

/**
 * Applies what we learnt by asking Stripe about a payment of ours. Undefined when the PaymentIntent is not one of
 * this store; `contradiction` says what Stripe and we do not agree on, and then nothing was changed. `askedAt`: when
 * the question was sent, since the answer may come late and say what was true before newer events.
 */
export async function settleOrder(
  db: Database,
  payment: { store_id: string; mode: Mode },
  finding: Finding,
  source: Source,
  askedAt: Date,
): Promise<Settlement | undefined> {
  const [settlement] = await db.run(settle, {
    store_id: payment.store_id,
    mode: payment.mode,
    ...settleValues(finding),
    account_id: null,
    // Stripe's clock ticks in seconds; what it did within this one must not seem older than what we saw.
    seen_at: new Date(Math.floor(askedAt.getTime() / 1_000) * 1_000),
    source,
    event_id: null,
  })
  if (settlement && settlement.before !== settlement.after) countSettled(source)
  return settlement
}
