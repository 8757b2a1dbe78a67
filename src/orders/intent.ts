import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import { markInvalid, notePermissionMissing } from '../stores/connections.ts'
import { failureOf, isKept } from '../stripe/errors.ts'

export const CannotPayHere = problem('cannot-pay-here', 409, 'Payments are not possible here right now')

/** An attempt that was written down, with the order it is for and the key to make its PaymentIntent with. */
type Attempt = {
  store_id: string
  id: string
  order_id: string
  session_id: string
  amount: number
  currency: string
  confirmation_code: string
  reference: string | null
  store_name: string
  mode: Mode
  connection_id: string | null
  connection_version: number
  secret_key_box: string
}

/** Asks Stripe for the PaymentIntent of an attempt. Throws CannotPayHere and Unavailable. */
export async function createIntent(deps: Deps, attempt: Attempt): Promise<Stripe.PaymentIntent> {
  const connection = {
    store_id: attempt.store_id,
    id: attempt.connection_id!,
    mode: attempt.mode,
    version: attempt.connection_version,
    secret_key_box: attempt.secret_key_box,
  }
  // Nothing here may depend on the request: tabs and retries must ask Stripe for the very same thing.
  const params: Stripe.PaymentIntentCreateParams = {
    amount: attempt.amount,
    currency: attempt.currency,
    automatic_payment_methods: { enabled: true },
    description: `${attempt.store_name} ${attempt.confirmation_code}`,
    metadata: {
      store_id: attempt.store_id,
      order_id: attempt.order_id,
      session_id: attempt.session_id,
      confirmation_code: attempt.confirmation_code,
      ...(attempt.reference ? { reference: attempt.reference } : {}),
    },
  }
  try {
    return await deps.stripe
      .clientFor(connection)
      .paymentIntents.create(params, { idempotencyKey: idempotencyKey(attempt.id, params) })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'invalid_key') await markInvalid(deps.db, connection)
    if (failure === 'missing_permission') await notePermissionMissing(deps.db, connection, 'payment_intents')
    if (isKept(error)) await giveUpAttempt(deps.db, attempt)
    if (failure === 'unreachable') throw new Unavailable({ detail: 'Nothing was charged.', retryAfter: 3 })
    if (failure) throw new CannotPayHere('Nothing was charged. Please contact the shop.')
    throw error
  }
}

// The hash keeps a later release, which may ask for more, from being refused for reusing a key with other parameters.
const idempotencyKey = (paymentId: string, params: object): string =>
  `${paymentId}-${createHash('sha256').update(JSON.stringify(params)).digest('base64url').slice(0, 16)}`

/**
 * Stripe repeats an answer of its own failure for every retry with the same key, for a day. So this attempt is given
 * up, and the next click is another attempt. If Stripe made a PaymentIntent after all, nobody can pay it: its client
 * secret was told to nobody.
 */
async function giveUpAttempt(db: Database, attempt: Attempt): Promise<void> {
  await db
    .updateTable('payments')
    .set({ closed_at: sql<Date>`now()` })
    .where('store_id', '=', attempt.store_id)
    .where('id', '=', attempt.id)
    .where('payment_intent', 'is', null)
    .where('closed_at', 'is', null)
    .execute()
}
