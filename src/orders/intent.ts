import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { askFor, idempotencyKey } from './asking.ts'
import { type Attempt, paymentTerms } from './terms.ts'

/** An attempt on our own page. */
export type TaxedAttempt = Attempt & {
  /**
   * What Stripe Tax worked out for its order: Stripe records the tax with the payment, and takes off what is refunded.
   */
  tax_calculation: string | null
}

/** Asks Stripe for the PaymentIntent of an attempt. Throws CannotPayHere and Unavailable. */
export async function createIntent(deps: Deps, attempt: TaxedAttempt): Promise<Stripe.PaymentIntent> {
  return askFor(deps, attempt, 'payment_intents', (stripe, routed) => {
    const params: Stripe.PaymentIntentCreateParams = {
      amount: routed.amount,
      currency: routed.currency,
      automatic_payment_methods: { enabled: true },
      ...paymentTerms(routed),
      ...(routed.tax_calculation
        ? { hooks: { inputs: { tax: { calculation: routed.tax_calculation } } } }
        : {}),
    }
    return stripe.paymentIntents.create(params, { idempotencyKey: idempotencyKey(routed.id, params) })
  })
}
