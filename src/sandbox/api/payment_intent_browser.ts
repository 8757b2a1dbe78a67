import type Stripe from 'stripe'
import { invalid } from '../engine/refusal.ts'
import type { Call } from '../engine/resource.ts'
import { PaymentIntents } from '../payments/intents.ts'

/** A publishable key sees one intent, and only with the secret that the merchant gave to this shopper. */
export function proveSecret(call: Call<unknown>, secret: string | undefined): void {
  if (!secret) {
    throw invalid('Missing required param: client_secret.', {
      code: 'parameter_missing',
      param: 'client_secret',
    })
  }
  const intent = call.books.need(PaymentIntents, call.path.id!, 'intent')
  if (intent.client_secret === secret) return
  throw invalid(
    'The provided client_secret does not match the client_secret associated with this PaymentIntent.',
    {
      code: 'payment_intent_invalid_parameter',
      param: 'client_secret',
    },
  )
}

const shoppersView = [
  'id object amount amount_details automatic_payment_methods canceled_at cancellation_reason capture_method client_secret',
  'confirmation_method created currency description excluded_payment_method_types last_payment_error livemode next_action',
  'payment_method payment_method_configuration_details payment_method_types processing receipt_email setup_future_usage',
  'shipping source status',
]
  .join(' ')
  .split(' ') as (keyof Stripe.PaymentIntent)[]

/** What is nobody's business but the merchant's is left out for browsers. */
export function shownTo(call: Call<unknown>, intent: Stripe.PaymentIntent): object {
  if (call.key.kind !== 'publishable') return intent
  return Object.fromEntries(shoppersView.map(name => [name, intent[name]]))
}
