import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { markInvalid } from '../stores/connections.ts'
import { codeOf, failureOf, type StripeFailure } from '../stripe/errors.ts'
import type { SealedKey } from '../stripe/stripe.ts'

/** The payment a refund gives back, with the keys that may speak for it, the one that took it first. */
export type RefundablePayment = {
  store_id: string
  mode: Mode
  payment_intent: string
  keys: SealedKey[]
}

/**
 * A key that was replaced or disconnected still refunds what it took; if Stripe does not know it any more, a newer
 * one of the same account does.
 */
export async function refundablePayment(
  db: Database,
  storeId: string,
  paymentId: string,
): Promise<RefundablePayment> {
  const rows = await db
    .selectFrom('payments as p')
    .innerJoin('connections as c', join =>
      join
        .onRef('c.store_id', '=', 'p.store_id')
        .onRef('c.mode', '=', 'p.mode')
        .onRef('c.account_id', '=', 'p.account_id'),
    )
    .where('p.store_id', '=', storeId)
    .where('p.id', '=', paymentId)
    .orderBy(eb => eb('c.id', '=', eb.ref('p.connection_id')), 'desc')
    .orderBy(eb => eb('c.state', '=', 'active'), 'desc')
    .orderBy('c.version', 'desc')
    .limit(3)
    .select(['p.payment_intent', 'c.id', 'c.mode', 'c.version', 'c.secret_key_box'])
    .execute()
  const [first] = rows
  if (!first?.payment_intent) throw new Error('a refund of a payment that Stripe does not know')
  const { payment_intent, mode } = first
  return { store_id: storeId, mode, payment_intent, keys: rows.map(row => ({ store_id: storeId, ...row })) }
}

/** Why Stripe did not do it, with its own code for that. */
export type Refusal = { failure: StripeFailure; code: string | null }

/** Asks with the first key that Stripe knows. */
export async function askWith<Answer>(
  deps: Deps,
  { keys }: RefundablePayment,
  call: (stripe: Stripe) => Promise<Answer>,
): Promise<{ answer: Answer } | Refusal> {
  let refusal: Refusal = { failure: 'invalid_key', code: null }
  for (const key of keys) {
    try {
      return { answer: await call(deps.stripe.clientFor(key)) }
    } catch (error) {
      const failure = failureOf(error)
      if (!failure) throw error
      refusal = { failure, code: codeOf(error) }
      if (failure !== 'invalid_key') break
      await markInvalid(deps.db, key)
    }
  }
  return refusal
}
