import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { newId, now, random } from '../engine/ids.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'

export const PaymentIntents = collection<Stripe.PaymentIntent>({
  url: '/v1/payment_intents',
  noun: 'payment_intent',
  prefix: 'pi_',
  optional: ['invoice'],
})

// Shared by all intents, never changed: there may be very many of them.
const noTip: Stripe.PaymentIntent.AmountDetails = { tip: {} }
const unmanaged: Stripe.PaymentIntent.ManagedPayments = { enabled: false }
const usualOptions: Stripe.PaymentIntent.PaymentMethodOptions = {
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
}

/** What a new intent is made of: the amount in minor units, and whatever differs from the usual. */
export type IntentTerms = Pick<Stripe.PaymentIntent, 'amount' | 'currency'> & Partial<Stripe.PaymentIntent>

/** Opens a PaymentIntent. Its event is emitted by the caller, once a payment method is attached to it. */
export function newIntent(context: Context, terms: IntentTerms): Stripe.PaymentIntent {
  const id = newId('pi_3')
  const intent: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: terms.amount,
    amount_capturable: 0,
    amount_details: noTip,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${random(25)}`,
    confirmation_method: 'automatic',
    created: now(),
    currency: terms.currency,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: context.books.livemode,
    managed_payments: unmanaged,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: usualOptions,
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  }
  Object.assign(intent, terms)
  if (intent.payment_method) intent.status = 'requires_confirmation'
  return context.books.of(PaymentIntents).put(intent)
}

/** The methods Stripe would offer by itself: a bank redirect and a slow debit exist for some currencies only. */
export function automaticMethods(currency: string, redirects: boolean): string[] {
  if (currency === 'eur') return redirects ? ['card', 'ideal', 'sepa_debit'] : ['card', 'sepa_debit']
  if (currency === 'usd') return ['card', 'us_bank_account']
  return ['card']
}

/** 400 payment_intent_unexpected_state: this cannot be done to an intent in its status. */
export const unexpectedState = (intent: Stripe.PaymentIntent, message: string) =>
  invalid(message, { code: 'payment_intent_unexpected_state', payment_intent: intent })
