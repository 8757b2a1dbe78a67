import type Stripe from 'stripe'
import type { Mode } from '../lib/mode.ts'
import type { Split } from '../pricing/split.ts'
import type { SealedKey } from '../stripe/stripe.ts'
import { type Route, routeParams } from './route.ts'

/** An attempt that was written down, with the order it is for and the key to ask Stripe with. */
export type Attempt = {
  store_id: string
  id: string
  order_id: string
  session_id: string
  amount: number
  currency: string
  confirmation_code: string
  reference: string | null
  store_name: string
  split: Split | null
  route: Route | null
  mode: Mode
  account_id: string
  connection_id: string | null
  connection_version: number
  secret_key_box: string
}

/** What both a PaymentIntent and a Checkout Session, for its own, can be told. */
type PaymentTerms = Pick<
  Stripe.Checkout.SessionCreateParams.PaymentIntentData,
  'description' | 'metadata' | 'application_fee_amount' | 'transfer_data' | 'transfer_group'
>

/**
 * What the PaymentIntent of an attempt is told beside its amount, on whichever page it is paid. Nothing here may depend
 * on the request: tabs and retries must ask Stripe for the very same thing.
 */
export function paymentTerms(attempt: Attempt): PaymentTerms {
  const { metadata, ...parts } = routeParams(attempt.route)
  return {
    description: `${attempt.store_name} ${attempt.confirmation_code}`,
    metadata: {
      store_id: attempt.store_id,
      order_id: attempt.order_id,
      session_id: attempt.session_id,
      confirmation_code: attempt.confirmation_code,
      ...(attempt.reference ? { reference: attempt.reference } : {}),
      ...metadata,
    },
    ...parts,
  }
}

/** The key that an attempt is made with. */
export const keyOf = (attempt: Attempt): SealedKey => ({
  store_id: attempt.store_id,
  id: attempt.connection_id!,
  mode: attempt.mode,
  version: attempt.connection_version,
  secret_key_box: attempt.secret_key_box,
})
