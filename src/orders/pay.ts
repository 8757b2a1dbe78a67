import { DiscountUsed, NAME_CUSTOMER, UNNAMED_USE, usedBefore } from '../catalog/redemptions.ts'
import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { BadInput, NotFound, problem } from '../lib/problem.ts'
import { reveal, Secret } from '../lib/secret.ts'
import type { SealedColumn } from '../vault/rotation.ts'
import { CannotPayHere, createIntent } from './intent.ts'
import type { OrderStatus } from './table.ts'

export { CannotPayHere } from './intent.ts'

export const ShippingMissing = problem('shipping-missing', 422, 'The shipping address is missing')
export const SessionOver = problem('session-over', 409, 'This checkout cannot be paid any more')

type Reserved = {
  id: string | null
  client_secret_box: string | null
  amount: number
  currency: string
  status: OrderStatus
  payable: boolean
  complete: boolean
  named: boolean
  order_id: string
  session_id: string
  confirmation_code: string
  reference: string | null
  store_name: string
  connection_id: string | null
  connection_version: number
  mode: Mode
  secret_key_box: string
}

type ReserveValues = { store_id: string; token_digest: Buffer; payment_id: string; email: string | null }

// Locks the order, so that nobody prices it anew (reprice.ts) between the amount that is read and the attempt that
// carries it. Writes the attempt down before Stripe hears of it. The unique index on open attempts makes fifty clicks one row,
// and `do update` hands that row to all of them (with the keys of now, as long as Stripe has not answered).
const reservePayment = statement<ReserveValues, Reserved>(
  'reserve_payment',
  `with session as (
     select cs.id as session_id, o.id as order_id, o.mode, o.amount, o.currency, o.status, o.confirmation_code,
            o.reference, s.name as store_name,
            o.status in ('pending', 'failed') and cs.expires_at > now() as payable,
            cs.shipping_countries is null or o.shipping is not null as complete,
            -- Who uses a code that is for once has to say who that is.
            :email::text is not null or not exists (${UNNAMED_USE}) as named
     from checkout_sessions cs
     join orders o on o.store_id = cs.store_id and o.id = cs.order_id
     join stores s on s.id = cs.store_id
     where cs.store_id = :store_id::uuid and cs.token_digest = :token_digest::bytea
     for no key update of o
   ),
   attempt as (
     insert into payments (store_id, id, order_id, connection_id, mode, account_id, amount, currency)
     select c.store_id, :payment_id::uuid, session.order_id, c.id, c.mode, c.account_id, session.amount, session.currency
     from session
     join connections c on c.store_id = :store_id::uuid and c.mode = session.mode and c.state = 'active'
     where session.payable and session.complete and session.named
     on conflict (store_id, order_id) where closed_at is null do update
       set connection_id = case when payments.payment_intent is null then excluded.connection_id
                                else payments.connection_id end,
           account_id = case when payments.payment_intent is null then excluded.account_id
                             else payments.account_id end
     returning *
   ),
   contact as (
     update orders o set customer_email = coalesce(:email::text, o.customer_email)
     from attempt where o.store_id = attempt.store_id and o.id = attempt.order_id
       and o.customer_email is distinct from :email::text
   ),
   ${NAME_CUSTOMER}
   select attempt.id, attempt.client_secret_box, session.*, c.id as connection_id, c.version as connection_version,
          c.secret_key_box
   from session
   left join attempt on attempt.order_id = session.order_id
   left join connections c on c.store_id = attempt.store_id and c.id = attempt.connection_id`,
)

// The order may have ended while Stripe made the PaymentIntent (whoever ends it takes the same lock). Then nobody is
// told the secret, and the attempt is open for the sweeper, which cancels it at Stripe.
const keepPayment = statement<
  { store_id: string; id: string; payment_intent: string; client_secret_box: string },
  { over: boolean }
>(
  'keep_payment',
  `with held as (
     select o.status in ('cancelled', 'expired') as over
     from payments p
     join orders o on o.store_id = p.store_id and o.id = p.order_id
     where p.store_id = :store_id::uuid and p.id = :id::uuid
     for share of o
   )
   update payments
   set payment_intent = :payment_intent::text,
       client_secret_box = case when not held.over then :client_secret_box::text end,
       closed_at = case when not held.over then closed_at end,
       ask_at = case when held.over then now() else ask_at end
   from held
   where store_id = :store_id::uuid and id = :id::uuid
     and (payment_intent is null or payment_intent = :payment_intent::text)
   returning held.over`,
)

/**
 * The client secret of the order's one open PaymentIntent, created now if there is none. Throws NotFound,
 * SessionOver (paid, expired, cancelled: the page shows the truth on reload), ShippingMissing, DiscountUsed (by this
 * e-mail address, before), BadInput (a code needs the address), CannotPayHere (no working key) and Unavailable (Stripe
 * does not answer; trying again continues with the same PaymentIntent).
 */
export async function startPayment(
  deps: Deps,
  session: { store_id: string; digest: Buffer },
  email: string | undefined,
): Promise<{ client_secret: string; amount: number }> {
  const reserved = await reserve(deps, session, email ?? null)
  if (!reserved) throw new NotFound()
  if (!reserved.payable) throw new SessionOver()
  if (!reserved.complete) throw new ShippingMissing()
  if (!reserved.named) {
    throw new BadInput({ errors: [{ pointer: '/email', detail: 'is needed for the discount code' }] })
  }
  if (!reserved.id) throw new CannotPayHere()
  const attempt = { ...reserved, id: reserved.id, store_id: session.store_id }
  const place = clientSecretPlace(attempt)
  if (attempt.client_secret_box) {
    const client_secret = reveal(deps.vault.open(place, attempt.client_secret_box))
    return { client_secret, amount: attempt.amount }
  }

  const intent = await createIntent(deps, attempt)
  const client_secret = intent.client_secret!
  const [kept] = await deps.db.run(keepPayment, {
    store_id: attempt.store_id,
    id: attempt.id,
    payment_intent: intent.id,
    client_secret_box: deps.vault.seal(place, new Secret(client_secret)),
  })
  if (kept?.over) throw new SessionOver()
  return { client_secret, amount: attempt.amount }
}

async function reserve(
  { db }: Deps,
  session: { store_id: string; digest: Buffer },
  email: string | null,
): Promise<Reserved | undefined> {
  try {
    const [reserved] = await db.run(reservePayment, {
      store_id: session.store_id,
      token_digest: session.digest,
      payment_id: newId(),
      email,
    })
    return reserved
  } catch (error) {
    if (usedBefore(error)) throw new DiscountUsed()
    throw error
  }
}

const clientSecretPlace = (payment: { store_id: string; id: string; mode: Mode }) =>
  ({
    store_id: payment.store_id,
    purpose: 'client_secret',
    mode: payment.mode,
    row_id: payment.id,
    version: 1,
  }) as const

export const sealedClientSecrets: SealedColumn = {
  table: 'payments',
  column: 'client_secret_box',
  key: ['store_id', 'id'],
  needs: ['mode'],
  placeOf: row => clientSecretPlace(row as Parameters<typeof clientSecretPlace>[0]),
}
