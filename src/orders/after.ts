import { turnsBy } from '../db/turns.ts'
import { tellOf } from '../outbox/outbox.ts'
import { theOrder } from './verdict.ts'

/**
 * What refunds and disputes do to an order, as parts of the batch statements that take their news
 * (src/refunds/settle.ts, src/disputes/settle.ts). Like settle.ts: the order is locked first, then each fact is
 * compared with what it was before, and the order changes by the difference, counted from what the lock showed. So no
 * statement adds up rows that another one, which committed while it waited for the lock, has already changed.
 */

/**
 * Locks the order and the payment behind `payment_intent`; `wrong` adds cases of what contradicts (p is the payment).
 */
export const lockPaid = (wrong: string) => `
  target as (
    select g.nr, paid.*
    from given g cross join lateral (
      select p.id as payment_id, p.order_id, o.status, o.paid_at, o.amount as paid, o.amount_refunded,
             o.amount_reserved, o.disputes_standing,
             case
               when p.mode <> g.mode then 'mode'
               when p.account_id <> coalesce(g.account_id, p.account_id) then 'account'
               ${wrong}
             end as contradiction
      from payments p
      join orders o on o.store_id = p.store_id and o.id = p.order_id and ${theOrder('p.payment_intent = g.payment_intent')}
      where p.store_id = g.store_id and p.payment_intent = g.payment_intent
      for update of o, p
    ) paid
  ),
  ${turnsBy('order_id')},
  verdict as (select * from turns where turn = 1)`

const CHANGED = 'c.status is distinct from c.previous_status'

/**
 * Counts the refunds of `changed` (order_id, id, amount, status, previous_status): `partially_refunded` and
 * `refunded` come from what succeeded alone, and an order whose refunds failed is paid again.
 */
export const applyRefunds = (allowed: string) => `
  counted as (
    select v.nr, v.order_id, v.status, v.paid_at, v.paid,
           v.amount_refunded + c.refunded as refunded, v.amount_reserved + c.reserved as reserved
    from verdict v join (
      select order_id,
             sum(amount * ((status = 'succeeded')::int
                           - (previous_status is not distinct from 'succeeded')::int))::bigint as refunded,
             sum(amount * ((status in ('pending', 'succeeded'))::int
                           - (coalesce(previous_status, '') in ('pending', 'succeeded'))::int))::bigint as reserved
      from changed c where ${CHANGED}
      group by order_id
    ) c on c.order_id = v.order_id
  ),
  settled as (
    update orders o
    set amount_refunded = n.refunded,
        amount_reserved = n.reserved,
        status = case when n.paid_at is null then n.status
                      when n.refunded = 0 then 'paid'
                      when n.refunded < n.paid then 'partially_refunded'
                      else 'refunded' end,
        share_at = case when o.split is not null then now() end,
        updated_at = clock_timestamp()
    from counted n join given g on g.nr = n.nr
    where o.store_id = g.store_id and o.id = n.order_id
    returning n.nr, o.store_id, o.id, o.status, o.amount, o.amount_refunded, o.amount_reserved, g.source, g.event_id
  ),
  asking as (
    update payments p
    set refunds_ask_at = case when g.all_known then null else now() end
    from verdict v join given g on g.nr = v.nr left join settled s on s.nr = v.nr
    where p.store_id = g.store_id and p.id = v.payment_id and v.contradiction is null
      and ${allowed}
      and (g.all_known or g.charge_refunded > coalesce(s.amount_reserved, v.amount_reserved))
  ),
  noted as (
    insert into order_timeline (store_id, order_id, status, source, event_id, detail)
    select s.store_id, s.id, s.status, s.source, s.event_id,
           jsonb_build_object('refund', c.id, 'refund_status', c.status, 'amount', c.amount)
    from settled s join changed c on c.order_id = s.id where ${CHANGED}
  ),
  ${tellOf(`
    select s.store_id,
           case when c.status <> 'succeeded' then 'order.refund_failed'
                when s.amount_refunded < s.amount then 'order.partially_refunded'
                else 'order.refunded' end,
           s.id, c.id::text
    from settled s join changed c on c.order_id = s.id where ${CHANGED} and c.status <> 'pending'`)}`

// What a dispute that went our way, or never became one, ends as: https://docs.stripe.com/api/disputes/object
const HARMLESS = "('won', 'warning_closed', 'prevented')"
const CLOSED = "('won', 'lost', 'warning_closed', 'prevented')"

/** Flags the order of `changed` (order_id, id, status, previous_status) while one of its disputes is open or lost. */
export const applyDispute = `
  counted as (
    select v.nr, c.*, v.disputes_standing + (c.status not in ${HARMLESS})::int
                - (c.previous_status is not null and c.previous_status not in ${HARMLESS})::int as standing
    from changed c join verdict v on v.order_id = c.order_id where ${CHANGED}
  ),
  settled as (
    update orders o
    set disputes_standing = n.standing, disputed = n.standing > 0,
        updated_at = clock_timestamp()
    from counted n join given g on g.nr = n.nr
    where o.store_id = g.store_id and o.id = n.order_id
    returning n.nr, o.store_id, o.id, o.status, n.id as dispute, n.status as dispute_status, n.previous_status, g.source,
              g.event_id
  ),
  noted as (
    insert into order_timeline (store_id, order_id, status, source, event_id, detail)
    select store_id, id, status, source, event_id,
           jsonb_build_object('dispute', dispute, 'dispute_status', dispute_status)
    from settled
  ),
  ${tellOf(`
    select s.store_id, happened.kind, s.id, s.dispute
    from settled s, lateral (values
      ('order.disputed', s.previous_status is null),
      ('order.dispute_closed', s.dispute_status in ${CLOSED}
        and (s.previous_status is null or s.previous_status not in ${CLOSED}))
    ) as happened (kind, did) where happened.did`)}`

/**
 * Sets `:amount` aside (all that is left when it is null) of a paid order, if so much is left: the guard of "never
 * more than was paid, however many ask at once" is that the row is locked while it is looked at.
 */
export const RESERVE = `
  remaining as (
    select id, amount_reserved as reserved, amount - amount_reserved as remains from orders
    where store_id = :store_id::uuid and id = :order_id::uuid and paid_at is not null
    for update
  ),
  reserved as (
    update orders o
    set amount_reserved = r.reserved + coalesce(:amount::bigint, r.remains), updated_at = clock_timestamp()
    from remaining r
    where o.store_id = :store_id::uuid and o.id = r.id and coalesce(:amount::bigint, r.remains) between 1 and r.remains
    returning o.id as order_id, coalesce(:amount::bigint, r.remains) as amount, o.currency
  )`

/** Gives back what the refunds of `released` (order_id, amount) had set aside. */
export const RELEASE = `
  freed as (
    update orders o
    set amount_reserved = o.amount_reserved - r.amount, updated_at = clock_timestamp()
    from released r
    where o.store_id = :store_id::uuid and o.id = r.order_id
  )`
