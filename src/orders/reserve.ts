import { nameCustomer, UNNAMED_USE } from '../catalog/redemptions.ts'
import { BadInput, NotFound, problem } from '../lib/problem.ts'
import { CannotPayHere } from './asking.ts'
import { SessionOver } from './keep.ts'
import { RENEWED } from './lifetime.ts'
import { countTry, holdBack, WAIT_TO_PAY } from './pace.ts'
import type { Ui } from './table.ts'

export const ShippingMissing = problem('shipping-missing', 422, 'The shipping address is missing')
export const TaxMissing = problem('tax-missing', 422, 'The tax is not worked out yet')

/** What every reservation answers of the order, and of the attempt if there is one now. */
export type Reservation = {
  id: string | null
  client_secret_box: string | null
  payable: boolean
  complete: boolean
  /** Its tax is known, or not ours to know. */
  taxed: boolean
  named: boolean
  /** Seconds that whoever asks has to wait first. */
  wait: number
}

/**
 * In what the reservation differs by where it is paid: more of the order, of the attempt, waits, and what else is
 * written.
 */
type Place = { order: string; column: string; value: string; waits: string; also: string }

/**
 * Whether another account takes payments than the one in which the tax was worked out. What has a PaymentIntent goes on
 * in its own.
 */
const OUTLIVED = `
  exists (select 1 from connections c where c.store_id = o.store_id and c.mode = o.mode and c.state = 'active'
            and c.account_id is distinct from o.stripe_tax #>> '{worked_out,account_id}')
  and not exists (select 1 from payments p where p.store_id = o.store_id and p.order_id = o.id
                    and p.closed_at is null and p.payment_intent is not null)`

const PLACES: Record<Ui, Place> = {
  hosted: {
    // Who uses a code that is for once has to say who that is.
    order: `:email::text is not null or not exists (${UNNAMED_USE}) as named,
            o.stripe_tax is null or o.amount = 0 or (o.stripe_tax ->> 'worked_out' is not null and not (${OUTLIVED})) as taxed,
            o.stripe_tax #>> '{worked_out,calculation}' as tax_calculation`,
    column: '',
    value: '',
    waits: `${countTry('pay', 'select :store_id::uuid, :who::bytea from session where :who::bytea is not null')}, waits as (${WAIT_TO_PAY})`,
    also: `
   renewed as (
     update checkout_sessions cs set expires_at = ${RENEWED}
     from attempt
     where cs.store_id = attempt.store_id and cs.order_id = attempt.order_id and cs.expires_at < ${RENEWED}
   ),
   contact as (
     update orders o set customer_email = coalesce(:email::text, o.customer_email)
     from attempt where o.store_id = attempt.store_id and o.id = attempt.order_id
       and o.customer_email is distinct from :email::text
   ),
   ${nameCustomer(':email::text')}`,
  },
  stripe: {
    order: `not exists (${UNNAMED_USE}) as named, true as taxed, o.stripe_tax, cs.expires_at, cs.cancel_url, o.lines, o.totals, o.discount,
            o.shipping, o.customer_email, coalesce(o.locale, :locale::text) as locale`,
    column: ', page_ends_at',
    // Stripe wants its page to be open for half an hour at least; our session then stays as long.
    value: ", date_trunc('second', greatest(session.expires_at, now() + interval '32 minutes'))",
    // Stripe's page looks after itself.
    waits: 'waits as (select 0 as wait)',
    also: `
   language as (
     update orders o set locale = session.locale
     from session, attempt
     where o.store_id = attempt.store_id and o.id = attempt.order_id and o.locale is null
   ),
   extended as (
     update checkout_sessions cs set expires_at = attempt.page_ends_at
     from attempt
     where cs.store_id = attempt.store_id and cs.order_id = attempt.order_id and cs.expires_at < attempt.page_ends_at
   )`,
  },
}

/**
 * SQL that reserves an order's one open attempt to pay. Locks the order, so that nobody prices it anew (reprice.ts)
 * between the amount that is read and the attempt that carries it. Writes the attempt down before Stripe hears of it.
 * The unique index on open attempts makes fifty clicks one row, and `do update` hands that row to all of them (with the
 * keys of now, as long as Stripe has not answered).
 */
export function reservation(ui: Ui): string {
  const { order, column, value, waits, also } = PLACES[ui]
  return `
   with session as (
     select cs.id as session_id, o.id as order_id, o.mode, o.amount, o.currency, o.status, o.confirmation_code,
            o.reference, o.split, s.name as store_name,
            o.status in ('pending', 'failed') and cs.expires_at > now() as payable,
            cs.shipping_countries is null or o.shipping is not null as complete,
            ${order}
     from checkout_sessions cs
     join orders o on o.store_id = cs.store_id and o.id = cs.order_id
     join stores s on s.id = cs.store_id
     where cs.store_id = :store_id::uuid and cs.token_digest = :token_digest::bytea and ${ui === 'hosted' ? "(cs.ui = 'hosted' or o.amount = 0)" : "cs.ui = 'stripe'"}
     for no key update of o
   ),
   ${waits},
   attempt as (
     insert into payments (store_id, id, order_id, connection_id, mode, account_id, amount, currency${column})
     select c.store_id, :payment_id::uuid, session.order_id, c.id, c.mode, c.account_id, session.amount,
            session.currency${value}
     from session
     join connections c on c.store_id = :store_id::uuid and c.mode = session.mode and c.state = 'active'
     where session.amount > 0 and session.payable and session.complete and session.taxed and session.named and (select wait from waits) = 0
     on conflict (store_id, order_id) where closed_at is null do update
       set connection_id = case when coalesce(payments.payment_intent, payments.stripe_session) is null
                                then excluded.connection_id else payments.connection_id end,
           account_id = case when coalesce(payments.payment_intent, payments.stripe_session) is null
                             then excluded.account_id else payments.account_id end
     returning *
   ),${also}
   select (select wait from waits) as wait, attempt.id, attempt.client_secret_box, attempt.route, attempt.account_id${column && `, attempt${column.replace(', ', '.')}`}, session.*,
          c.id as connection_id, c.version as connection_version, c.secret_key_box
   from session
   left join attempt on attempt.order_id = session.order_id
   left join connections c on c.store_id = attempt.store_id and c.id = attempt.connection_id`
}

/**
 * Refuses what cannot be paid now. Throws NotFound, SessionOver, ShippingMissing, BadInput, TooManyRequests, and
 * TaxMissing when that is all that is missing.
 */
export function payableOf<R extends Reservation>(reserved: R | undefined): R {
  if (!reserved) throw new NotFound()
  if (!reserved.payable) throw new SessionOver()
  if (!reserved.complete) throw new ShippingMissing()
  if (!reserved.named) {
    throw new BadInput({ errors: [{ pointer: '/email', detail: 'is needed for the discount code' }] })
  }
  holdBack('pay', reserved.wait)
  if (!reserved.taxed) throw new TaxMissing()
  return reserved
}

/** The same, and the attempt. Throws CannotPayHere too. */
export function attemptOf<R extends Reservation>(reserved: R | undefined): R & { id: string } {
  const payable = payableOf(reserved)
  if (!payable.id) throw new CannotPayHere()
  return { ...payable, id: payable.id }
}
