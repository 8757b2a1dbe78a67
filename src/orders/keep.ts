import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import { reveal, Secret } from '../lib/secret.ts'
import type { SealedColumn } from '../vault/rotation.ts'

export const SessionOver = problem('session-over', 409, 'This checkout cannot be paid any more')

type Kept = {
  store_id: string
  id: string
  payment_intent: string | null
  stripe_session: string | null
  client_secret_box: string
}

// The order may have ended while Stripe made what was asked for (whoever ends it takes the same lock). Then nobody is
// told the secret, and the attempt is open for the sweeper, which closes it at Stripe.
const keepAnswer = statement<Kept, { over: boolean }>(
  'keep_payment',
  `with held as (
     select o.status in ('cancelled', 'expired') as over
     from payments p
     join orders o on o.store_id = p.store_id and o.id = p.order_id
     where p.store_id = :store_id::uuid and p.id = :id::uuid
     for share of o
   )
   update payments
   set payment_intent = coalesce(payment_intent, :payment_intent::text),
       stripe_session = coalesce(stripe_session, :stripe_session::text),
       client_secret_box = case when not held.over then :client_secret_box::text end,
       closed_at = case when not held.over then closed_at end,
       ask_at = case when held.over then now() else ask_at end
   from held
   where store_id = :store_id::uuid and id = :id::uuid
     and coalesce(payment_intent, stripe_session, :payment_intent::text, :stripe_session::text)
       in (:payment_intent::text, :stripe_session::text)
     and (closed_at is null or payment_intent is not null or stripe_session is not null or held.over)
   returning held.over`,
)

type Place = { store_id: string; id: string; mode: Mode }

/** What Stripe made for an attempt: its own id, and the secret that lets a shopper pay (the page's address, for one). */
type Made = { secret: string } & ({ payment_intent: string } | { stripe_session: string })

/** Writes down what Stripe made for an attempt. Throws SessionOver when the order ended meanwhile, and Unavailable. */
export async function keepMade({ db, vault }: Deps, attempt: Place, made: Made): Promise<void> {
  const [kept] = await db.run(keepAnswer, {
    store_id: attempt.store_id,
    id: attempt.id,
    payment_intent: 'payment_intent' in made ? made.payment_intent : null,
    stripe_session: 'stripe_session' in made ? made.stripe_session : null,
    client_secret_box: vault.seal(clientSecretPlace(attempt), new Secret(made.secret)),
  })
  // Another click got another answer and was first with it: its secret is the one to tell. Or the attempt was given up.
  if (!kept) throw new Unavailable({ detail: 'Nothing was charged.', retryAfter: 1 })
  if (kept.over) throw new SessionOver()
}

/** The secret that was kept with an attempt. */
export const openSecret = ({ vault }: Deps, attempt: Place, box: string): string =>
  reveal(vault.open(clientSecretPlace(attempt), box))

const clientSecretPlace = (payment: Place) =>
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
