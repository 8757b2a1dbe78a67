import type { Mode } from '../lib/mode.ts'
import { tellOf } from '../outbox/outbox.ts'
import type { Finding } from './finding.ts'
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
  /** Whom Stripe pays with it, and the fee; `parts` is false when the finding does not say. */
  parts: boolean
  destination: string | null
  fee: number | null
  /** The account whose endpoint signed; null when we asked Stripe ourselves with the payment's own key. */
  account_id: string | null
  /** When Stripe saw it, by Stripe's clock. */
  seen_at: Date
  source: Source
  event_id: string | null
}

// Two findings of one second (Stripe's clock ticks in seconds) count in this order.
const RANK = "array['open', 'failed', 'processing', 'canceled', 'succeeded']"

/**
 * The one order that `which` of the store's payments (`p`) is about, as a value: with a mere join Postgres reads all
 * orders of the store as long as its statistics say that there are few.
 */
export const theOrder = (which: string) =>
  `o.id = (select p.order_id from payments p where p.store_id = :store_id::uuid and ${which})`

/** What becomes of the order of `target`. */
export const VERDICT = `
  verdict as (
    select *,
      case
        when :found = 'succeeded' and paid_at is null then
          case when amount_refunded = 0 then 'paid'
               when amount_refunded < order_amount then 'partially_refunded'
               else 'refunded' end
        when paid_at is not null or not is_newest then status
        when :found = 'processing' and status in ('pending', 'failed') then 'processing'
        -- Of an attempt that was over already these say nothing about the one that took its place.
        when :found = 'failed' and is_open and status in ('pending', 'processing') then 'failed'
        when :found = 'canceled' and is_open and status in ('processing', 'failed') then 'pending'
        else status
      end as next_status
    from target
  )`

/**
 * Locks the order and its payment (`which` of the store's, `p`), and compares what Stripe says with what we asked for;
 * `differs` says when the amount does, `wrong` adds cases of what contradicts.
 */
export const judging = ({ which, differs, wrong }: { which: string; differs: string; wrong: string }) => `
  target as (
    select p.id as payment_id, p.order_id, p.closed_at is null as is_open, p.charge as known_charge, o.status, o.paid_at, o.amount_refunded, o.amount as order_amount,
           p.found_at is null or (:seen_at::timestamptz, array_position(${RANK}, :found::text))
             >= (p.found_at, array_position(${RANK}, p.found)) as is_newest,
           case
             when p.mode <> :mode::text then 'mode'
             when p.account_id <> coalesce(:account_id::text, p.account_id) then 'account'
             when p.currency <> :currency::text then 'currency'
             when ${differs} then 'amount'
             -- A vendor that is not the order's, or another fee.
             when :parts::boolean and (p.route #>> '{destination,account_id}' is distinct from :destination::text
               or coalesce((p.route #>> '{destination,fee}')::bigint, 0) <> :fee::bigint) then 'split'
             ${wrong}
           end as contradiction
    from payments p
    join orders o on o.store_id = p.store_id and o.id = p.order_id and ${theOrder(which)}
    where p.store_id = :store_id::uuid and ${which}
    for update of o, p
  ),
  ${VERDICT}`

export const JUDGE = judging({
  which: 'p.payment_intent = :payment_intent::text',
  differs: 'p.amount <> :amount::bigint',
  wrong: '',
})

/** What is learnt beside, as SQL: more of the payment and of the order, and when the payment is over for good. */
type Learnt = { payment: string; order: string; over: string }

/** Applies the verdict where `allowed` (SQL) holds and nothing contradicts. */
export const applying = (allowed: string, { payment, order, over }: Learnt) => `
  tracked as (
    update payments p
    set ${payment}
        found = case when v.is_newest then :found::text else p.found end,
        found_at = case when v.is_newest then :seen_at::timestamptz else p.found_at end,
        -- The charge of the attempt that counts: a late word of an earlier one must not name another.
        charge = case when v.is_newest or :found = 'succeeded' or p.charge is null
                      then coalesce(:charge::text, p.charge) else p.charge end,
        -- Nobody may confirm this PaymentIntent any more, so nobody needs its secret.
        client_secret_box = case when ${over} then null else p.client_secret_box end,
        closed_at = case when ${over} then coalesce(p.closed_at, now()) else p.closed_at end
    from verdict v
    where p.store_id = :store_id::uuid and p.id = (select payment_id from verdict) and v.contradiction is null
      and ${allowed}
  ),
  settled as (
    update orders o
    set status = v.next_status, ${order}
        paid_at = case when :found = 'succeeded' then coalesce(o.paid_at, now()) else o.paid_at end,
        share_at = case when :found = 'succeeded' and o.split is not null and o.amount > 0 then now() else o.share_at end,
        failure = case when v.next_status = 'failed' and v.is_newest then :failure::jsonb
                       when v.next_status = 'failed' then o.failure end,
        updated_at = clock_timestamp()
    from verdict v
    where o.store_id = :store_id::uuid and o.id = (select order_id from verdict) and v.contradiction is null
      and ${allowed}
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

const OVER = ":found in ('succeeded', 'canceled')"

export const applyWhen = (allowed: string) => applying(allowed, { payment: '', order: '', over: OVER })

export type Settlement = {
  order_id: string
  before: OrderStatus
  after: OrderStatus
  contradiction: string | null
}

/** What a statement that judged and applied answers. */
export const SETTLEMENT = `
  select order_id, status as before, contradiction,
         case when contradiction is null then next_status else status end as after
  from verdict`
