import Stripe from 'stripe'

/** What a failed call to Stripe means for us; its message is for the merchant's developers and never shown. */
export type StripeFailure = 'invalid_key' | 'missing_permission' | 'declined' | 'refused' | 'unreachable'

/**
 * Sorts an error of stripe-node. `refused` is definite: asking again will not help. `unreachable` is not: the work
 * may have been done, so ask again with the same idempotency key. Undefined for what is not Stripe's error.
 */
export function failureOf(error: unknown): StripeFailure | undefined {
  if (!(error instanceof Stripe.errors.StripeError)) return undefined
  if (error instanceof Stripe.errors.StripeAuthenticationError) return 'invalid_key'
  if (error instanceof Stripe.errors.StripePermissionError) return 'missing_permission'
  if (error instanceof Stripe.errors.StripeCardError) return 'declined'
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return 'refused'
  if (error instanceof Stripe.errors.StripeIdempotencyError) return 'refused'
  return 'unreachable'
}

/** Stripe's own code for what went wrong, such as `charge_already_refunded`; null when it named none. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Stripe.errors.StripeError ? (error.code ?? null) : null

/** The parameter that Stripe refused; null when it named none. */
export const refusedParam = (error: unknown): string | null =>
  error instanceof Stripe.errors.StripeInvalidRequestError ? (error.param ?? null) : null

/**
 * Stripe failed and said so: it keeps that answer under the idempotency key and gives it to every retry.
 * https://docs.stripe.com/api/idempotent_requests
 */
export const isKept = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && (error.statusCode ?? 0) >= 500
