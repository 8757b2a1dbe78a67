import type { Columns } from '../db/statement.ts'
import { turnsBy } from '../db/turns.ts'
import type { Mode } from '../lib/mode.ts'
import { tellOf } from '../outbox/outbox.ts'
import type { Finding } from './finding.ts'
import type { Failure, OrderStatus, Source } from './table.ts'

/**
 * The one way an order's state changes by what Stripe says. Webhook, return page and sweeper all bring a Finding
 * and run the same SQL under the same row locks, so any order, repetition or loss of the three ends the same.
 *
 * It is written as parts of a batch statement because the webhook needs it in one round trip with its inbox
 * (src/webhooks), and for many events at once; the values (`given g`) are those of SettleValues.
 */
export type SettleValues = {
  store_id: string
  mode: Mode
  payment_intent: string | null
  found: Finding['found'] | null
  amount: number | null
  currency: string | null
  charge: string | null
  failure: Failure | null
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

export const SETTLE_COLUMNS: Columns<SettleValues> = {
  store_id: 'uuid',
  mode: 'text',
  payment_intent: 'text',
  found: 'text',
  amount: 'bigint',
  currency: 'text',
  charge: 'text',
  failure: 'jsonb',
  parts: 'boolean',
  destination: 'text',
  fee: 'bigint',
  account_id: 'text',
  seen_at: 'timestamptz',
  source: 'text',
  event_id: 'text',
}

// Two findings of one second (Stripe's clock ticks in seconds) count in this order.
const RANK = "array['open', 'failed', 'processing', 'canceled', 'succeeded']"

/**
 * The one order that `which` of the store's payments (`p`) is about, as a value: with a mere join Postgres reads all
 * orders of the store as long as its statistics say that there are few.
 */
export const theOrder = (which: string) =>
  `o.id = (select p.order_id from payments p where p.store_id = g.store_id and ${which})`

/** What becomes of the orders of `target`. */
export const VERDICT = `
  ${turnsBy('order_id')},
  verdict as (
    select t.*,
      case
        when g.found = 'succeeded' and t.paid_at is null then
          case when t.amount_refunded = 0 then 'paid'
               when t.amount_refunded < t.order_amount then 'partially_refunded'
               else 'refunded' end
        when t.paid_at is not null or not t.is_newest then t.status
        when g.found = 'processing' and t.status in ('pending', 'failed') then 'processing'
        -- Of an attempt that was over already these say nothing about the one that took its place.
        when g.found = 'failed' and t.is_open and t.status in ('pending', 'processing') then 'failed'
        when g.found = 'canceled' and t.is_open and t.status in ('processing', 'failed') then 'pending'
        else t.status
      end as next_status
    from turns t join given g on g.nr = t.nr
    where t.turn = 1
  )`

/**
 * Locks the order and its payment (`which` of the store's, `p`), and compares what Stripe says with what we asked for;
 * `differs` says when the amount does, `wrong` adds cases of what contradicts.
 */
export const judging = ({ which, differs, wrong }: { which: string; differs: string; wrong: string }) => `
  target as (
    select g.nr, asked.*
    from given g cross join lateral (
      select p.id as payment_id, p.order_id, p.closed_at is null as is_open, p.charge as known_charge, o.status,
             o.paid_at, o.amount_refunded, o.amount as order_amount,
             p.found_at is null
               or (g.seen_at, array_position(${RANK}, g.found)) >= (p.found_at, array_position(${RANK}, p.found))
               as is_newest,
             case
               when p.mode <> g.mode then 'mode'
               when p.account_id <> coalesce(g.account_id, p.account_id) then 'account'
               when p.currency <> g.currency then 'currency'
               when ${differs} then 'amount'
               -- A vendor that is not the order's, or another fee.
               when g.parts and (p.route #>> '{destination,account_id}' is distinct from g.destination
                 or coalesce((p.route #>> '{destination,fee}')::bigint, 0) <> g.fee) then 'split'
               ${wrong}
             end as contradiction
      from payments p
      join orders o on o.store_id = p.store_id and o.id = p.order_id and ${theOrder(which)}
      where p.store_id = g.store_id and ${which}
      for update of o, p
    ) asked
  ),
  ${VERDICT}`

export const JUDGE = judging({
  which: 'p.payment_intent = g.payment_intent',
  differs: 'p.amount <> g.amount',
  wrong: '',
})

/** What is learnt beside (`c`), as SQL: more of the payment and of the order, and when the payment is over for good. */
type Learnt = { payment: string; order: string; over: string }

/** Applies the verdicts (`v`) for which `allowed` (SQL) holds and that nothing contradicts. */
export const applying = (allowed: string, { payment, order, over }: Learnt) => `
  changes as (
    select v.payment_id, v.order_id, v.is_newest, v.next_status, v.paid_at, v.known_charge, g.*
    from verdict v join given g on g.nr = v.nr
    where v.contradiction is null and ${allowed}
  ),
  tracked as (
    update payments p
    set ${payment}
        found = case when c.is_newest then c.found else p.found end,
        found_at = case when c.is_newest then c.seen_at else p.found_at end,
        -- The charge of the attempt that counts: a late word of an earlier one must not name another.
        charge = case when c.is_newest or c.found = 'succeeded' or p.charge is null
                      then coalesce(c.charge, p.charge) else p.charge end,
        -- Nobody may confirm this PaymentIntent any more, so nobody needs its secret.
        client_secret_box = case when ${over} then null else p.client_secret_box end,
        closed_at = case when ${over} then coalesce(p.closed_at, now()) else p.closed_at end
    from changes c
    where p.store_id = c.store_id and p.id = c.payment_id
  ),
  settled as (
    update orders o
    set status = c.next_status, ${order}
        paid_at = case when c.found = 'succeeded' then coalesce(o.paid_at, now()) else o.paid_at end,
        share_at = case when c.found = 'succeeded' and o.split is not null and o.amount > 0 then now() else o.share_at end,
        failure = case when c.next_status = 'failed' and c.is_newest then c.failure
                       when c.next_status = 'failed' then o.failure end,
        updated_at = clock_timestamp()
    from changes c
    where o.store_id = c.store_id and o.id = c.order_id
      -- The same decline, told once more or looked up again, is no second one.
      and (o.status <> c.next_status or (c.next_status = 'failed' and c.found = 'failed' and c.is_newest
        and (c.known_charge, o.failure) is distinct from (c.charge, c.failure)))
    returning c.nr, o.store_id, o.id, o.status, c.source, c.event_id, c.failure,
              c.paid_at is null and c.found = 'succeeded' as newly_paid
  ),
  noted as (
    insert into order_timeline (store_id, order_id, status, source, event_id, detail)
    select store_id, id, status, source, event_id, failure from settled
  ),
  ${tellOf(`
    select store_id, case when newly_paid then 'order.paid' else 'order.' || status end, id, null::text
    from settled where newly_paid or status <> 'pending'`)}`

const OVER = "c.found in ('succeeded', 'canceled')"

export const applyWhen = (allowed: string) => applying(allowed, { payment: '', order: '', over: OVER })

export type Settlement = {
  order_id: string
  before: OrderStatus
  after: OrderStatus
  contradiction: string | null
}

/** What a statement that judged and applied answers. */
export const SETTLEMENT = `
  select nr, order_id, status as before, contradiction,
         case when contradiction is null then next_status else status end as after
  from verdict`
