import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { markInvalid } from '../stores/connections.ts'
import { failureOf, type StripeFailure } from '../stripe/errors.ts'
import type { SealedKey } from '../stripe/stripe.ts'
import { findingOf } from './finding.ts'
import { type Settlement, settleOrder } from './settle.ts'
import type { Source } from './table.ts'

/** An attempt that Stripe knows, with a key of the account that it was made in. */
export type AskablePayment = {
  store_id: string
  order_id: string
  id: string
  mode: Mode
  payment_intent: string
  connection: SealedKey
}

/** How long Stripe may take, in milliseconds, and how often a question is repeated at once. */
export type Patience = { timeout: number; maxNetworkRetries: number }

/**
 * The open payment of an order, if Stripe was ever asked for one and we have a key to ask with: the newest that
 * works of the same account, since keys are replaced while their payments are under way.
 */
export async function openPayment(
  db: Database,
  storeId: string,
  orderId: string,
): Promise<AskablePayment | undefined> {
  const row = await db
    .selectFrom('payments as p')
    .innerJoin('connections as c', join =>
      join
        .onRef('c.store_id', '=', 'p.store_id')
        .onRef('c.mode', '=', 'p.mode')
        .onRef('c.account_id', '=', 'p.account_id'),
    )
    .where('c.state', '!=', 'invalid')
    .where('p.store_id', '=', storeId)
    .where('p.order_id', '=', orderId)
    .where('p.payment_intent', 'is not', null)
    .where('p.closed_at', 'is', null)
    .orderBy(eb => eb('c.state', '=', 'active'), 'desc')
    .orderBy('c.version', 'desc')
    .limit(1)
    .select(['p.id', 'p.payment_intent', 'c.id as connection_id', 'c.mode', 'c.version', 'c.secret_key_box'])
    .executeTakeFirst()
  if (!row) return undefined
  const { id, payment_intent, connection_id, mode, ...key } = row
  const connection = { store_id: storeId, id: connection_id, mode, ...key }
  return { store_id: storeId, order_id: orderId, id, mode, payment_intent: payment_intent!, connection }
}

/**
 * Asks Stripe how a payment stands and settles the order by the answer. Undefined when Stripe did not answer, or
 * not to this key: nothing was changed, and whoever asks later will find out.
 */
export async function askStripe(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
): Promise<Settlement | undefined> {
  const answer = await askOrFail(deps, payment, source)
  return typeof answer === 'string' ? undefined : answer
}

/** The same, for callers to whom it matters why there was no answer. */
export function askOrFail(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
  patience?: Patience,
): Promise<Settlement | StripeFailure> {
  return settleBy(deps, payment, source, stripe =>
    stripe.paymentIntents.retrieve(payment.payment_intent, {}, patience),
  )
}

/** Cancels at Stripe, so that a page left open cannot pay any more, and settles the order by the answer. */
export function cancelOrFail(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
  patience?: Patience,
): Promise<Settlement | StripeFailure> {
  return settleBy(deps, payment, source, stripe =>
    stripe.paymentIntents.cancel(payment.payment_intent, {}, patience),
  )
}

async function settleBy(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
  call: (stripe: Stripe) => Promise<Stripe.PaymentIntent>,
): Promise<Settlement | StripeFailure> {
  const askedAt = new Date()
  let intent: Stripe.PaymentIntent
  try {
    intent = await call(deps.stripe.clientFor(payment.connection))
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    if (failure === 'invalid_key') await markInvalid(deps.db, payment.connection)
    return failure
  }
  // Ours by its row: that Stripe's answer finds no row is impossible while rows of payments are never deleted.
  return (await settleOrder(deps.db, payment, findingOf(intent), source, askedAt))!
}
