import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { problem } from '../lib/problem.ts'
import type { Source } from '../orders/table.ts'
import { refundFacts } from './facts.ts'
import { askWith, type RefundablePayment, type Refusal, refundablePayment } from './payment.ts'
import { findRefund, releaseRefund } from './queries.ts'
import { settleRefunds } from './settle.ts'
import type { Refund } from './table.ts'

export const RefundRefused = problem('refund-refused', 409, 'Stripe refused the refund')

// The job goes on where this gives up, with the same key: nobody has to wait longer.
const PATIENCE = { timeout: 10_000, maxNetworkRetries: 1 }

/** Words for Stripe's codes: https://docs.stripe.com/error-codes */
const WORDS: Record<string, string> = {
  charge_already_refunded: 'Stripe says that the payment was refunded already.',
  charge_disputed: 'The shopper disputed the payment. While that lasts, it cannot be refunded.',
  balance_insufficient: 'There is not enough money in the Stripe account for this refund.',
  insufficient_funds: 'There is not enough money in the Stripe account for this refund.',
}

/**
 * Asks Stripe for a refund that was written down. An answer settles the order; none leaves the refund pending.
 * Throws RefundRefused when Stripe refused for good: then it is as if nobody had asked.
 */
export async function sendRefund(deps: Deps, refund: Refund, source: Source): Promise<void> {
  const payment = await refundablePayment(deps.db, refund.store_id, refund.payment_id)
  const refusal = await create(deps, refund, payment, source)
  if (refusal) throw new RefundRefused(inWords(refusal))
}

function inWords({ failure, code }: Refusal): string {
  if (failure === 'invalid_key') return 'The Stripe key that took this payment does not work any more.'
  if (failure === 'missing_permission') return 'The Stripe key lacks the permission “Charges and Refunds”.'
  return WORDS[code ?? ''] ?? 'It can be tried in the Stripe dashboard, which says more.'
}

async function create(
  deps: Deps,
  refund: Refund,
  payment: RefundablePayment,
  source: Source,
): Promise<Refusal | undefined> {
  // All of it from the row: a retry asks for the very same thing.
  const params: Stripe.RefundCreateParams = {
    payment_intent: payment.payment_intent,
    amount: refund.amount,
    metadata: { refund_id: refund.id, order_id: refund.order_id, store_id: refund.store_id },
    ...(refund.reason ? { reason: refund.reason as Stripe.RefundCreateParams.Reason } : {}),
  }
  const asked = await askWith(deps, payment, stripe =>
    stripe.refunds.create(params, { idempotencyKey: refund.id, ...PATIENCE }),
  )
  if ('answer' in asked) {
    await settleRefunds(deps.db, payment, newsOf(payment, [asked.answer]), source)
    return undefined
  }
  if (asked.failure === 'unreachable') return undefined
  await releaseRefund(deps.db, refund, asked.code ?? asked.failure)
  return asked
}

/**
 * Asks again for a refund that got no answer. Stripe forgets idempotency keys after a day, so it is looked for among
 * the payment's refunds first; one that is there is never made twice.
 */
export async function continueRefund(deps: Deps, refund: Refund): Promise<void> {
  const payment = await refundablePayment(deps.db, refund.store_id, refund.payment_id)
  if (!(await learnRefunds(deps, payment))) return
  const now = await findRefund(deps.db, refund.store_id, refund.id)
  if (now.status === 'pending' && !now.stripe_refund) await create(deps, now, payment, 'sweeper')
}

/** Counts all refunds that Stripe has of a payment; false when it could not be asked. */
export async function learnRefunds(deps: Deps, payment: RefundablePayment): Promise<boolean> {
  const asked = await askWith(deps, payment, stripe =>
    stripe.refunds
      .list({ payment_intent: payment.payment_intent, limit: 100 }, PATIENCE)
      .autoPagingToArray({ limit: 1_000 }),
  )
  if (!('answer' in asked)) return false
  await settleRefunds(deps.db, payment, newsOf(payment, asked.answer), 'sweeper', { complete: true })
  return true
}

const newsOf = ({ payment_intent }: RefundablePayment, refunds: Stripe.Refund[]) => ({
  payment_intent,
  facts: refundFacts(refunds),
  charge_refunded: null,
})
