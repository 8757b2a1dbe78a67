import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import { markInvalid, notePermissionMissing } from '../stores/connections.ts'
import type { Permission } from '../stores/table.ts'
import { failureOf, isKept } from '../stripe/errors.ts'
import { askRouted } from './route.ts'
import { type Attempt, keyOf } from './terms.ts'

export const CannotPayHere = problem('cannot-pay-here', 409, 'Payments are not possible here right now')

/**
 * Asks Stripe to make what an attempt is paid by, on its route; `needs` is the permission that takes. Throws
 * CannotPayHere and Unavailable (asking again with the same parameters goes on where this stopped).
 */
export async function askFor<A extends Attempt, Answer>(
  deps: Deps,
  attempt: A,
  needs: Permission,
  call: (stripe: Stripe, routed: A) => Promise<Answer>,
): Promise<Answer> {
  const connection = keyOf(attempt)
  const stripe = deps.stripe.clientFor(connection)
  try {
    return await askRouted(deps.db, attempt, routed => call(stripe, routed))
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'invalid_key') await markInvalid(deps.db, connection)
    if (failure === 'missing_permission') await notePermissionMissing(deps.db, connection, needs)
    if (isKept(error)) await giveUpAttempt(deps.db, attempt)
    if (failure === 'unreachable') throw new Unavailable({ detail: 'Nothing was charged.', retryAfter: 3 })
    if (failure) throw new CannotPayHere('Nothing was charged. Please contact the shop.')
    throw error
  }
}

/**
 * The key of an attempt's request. The hash keeps a later release, which may ask for more, from being refused for
 * reusing a key with other parameters.
 */
export const idempotencyKey = (paymentId: string, params: object): string =>
  `${paymentId}-${createHash('sha256').update(JSON.stringify(params)).digest('base64url').slice(0, 16)}`

/**
 * Stripe repeats an answer of its own failure for every retry with the same key, for a day. So such an attempt is given
 * up, and the next click is another attempt. If Stripe made something after all, nobody can pay it: its secret was told
 * to nobody.
 */
export async function giveUpAttempt(db: Database, attempt: Attempt): Promise<void> {
  await db
    .updateTable('payments')
    .set({ closed_at: sql<Date>`now()` })
    .where('store_id', '=', attempt.store_id)
    .where('id', '=', attempt.id)
    .where('payment_intent', 'is', null)
    .where('stripe_session', 'is', null)
    .where('closed_at', 'is', null)
    .execute()
}
