import type Stripe from 'stripe'
import { emit } from '../engine/events.ts'
import { declined } from '../engine/refusal.ts'
import { alone, type Context, type World } from '../engine/world.ts'
import type { Decline } from './cards.ts'
import { Charges, failCharge, newCharge, payCharge } from './charges.ts'
import { openDispute } from './disputes.ts'
import { PaymentIntents, unexpectedState } from './intents.ts'
import { PaymentMethods } from './methods.ts'

// A debit is decided after this long, so that a person can see `processing`.
const processingMs = 3_000

/** The shopper answered at the bank (3-D Secure, a redirect): the payment goes on, or fails. */
export function authenticate(context: Context, intent: Stripe.PaymentIntent, ok: boolean): void {
  if (intent.status !== 'requires_action') {
    throw unexpectedState(intent, `This PaymentIntent does not wait for the shopper: it is ${intent.status}.`)
  }
  const method = context.books.need(PaymentMethods, intent.payment_method as string)
  intent.next_action = null
  if (ok) {
    pay(context, intent, method, { throwing: false })
    return
  }
  const message =
    'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
    'PaymentMethod to attempt to fulfill this PaymentIntent again.'
  fail(context, intent, method, {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message,
  })
}

/** Charges the method: decided at once, or after a while in `processing`. */
export function pay(
  context: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { throwing }: { throwing: boolean },
): void {
  const scenario = context.books.of(PaymentMethods).note(method.id)
  if (scenario.delayed) {
    const charge = newCharge(context, intent, method)
    intent.latest_charge = charge.id
    intent.status = 'processing'
    emit(context, 'charge.pending', charge)
    emit(context, 'payment_intent.processing', intent)
    if (scenario.delayed !== 'waits') decideLater(context.world, context, intent)
    return
  }
  if (scenario.decline) {
    const charge = failed(context, intent, method, scenario.decline)
    if (!throwing) return
    const { message, ...details } = scenario.decline
    throw declined(message, { ...details, charge: charge.id, payment_intent: intent, payment_method: method })
  }
  const charge = newCharge(context, intent, method)
  intent.latest_charge = charge.id
  succeed(context, intent, charge)
  if (scenario.dispute) openDispute(context, charge, scenario.dispute)
}

/** Ends a payment that is in `processing`: by itself after a while, or from the console. */
export function decide(context: Context, intent: Stripe.PaymentIntent, ok: boolean): void {
  if (intent.status !== 'processing') {
    throw unexpectedState(intent, `This PaymentIntent is not processing: it is ${intent.status}.`)
  }
  const charge = context.books.need(Charges, intent.latest_charge as string)
  if (ok) {
    succeed(context, intent, charge)
    return
  }
  const method = context.books.need(PaymentMethods, intent.payment_method as string)
  const refused = context.books.of(PaymentMethods).note(method.id).decline
  const decline: Decline = refused ?? {
    code: 'bank_account_declined',
    message: 'The bank declined the debit.',
  }
  failCharge(context, charge, decline)
  fail(context, intent, method, { type: 'card_error', ...decline, charge: charge.id })
}

/** After a restart: what was processing is decided after all. */
export function resumeProcessing(world: World): void {
  for (const books of world.books.values()) {
    for (const intent of books.of(PaymentIntents).newest()) {
      const delayed = books.of(PaymentMethods).note(intent.payment_method as string)?.delayed
      if (intent.status === 'processing' && delayed !== 'waits')
        decideLater(world, alone(world, books), intent)
    }
  }
}

function decideLater(world: World, context: Context, intent: Stripe.PaymentIntent): void {
  world.later(processingMs, () => {
    if (intent.status !== 'processing') return
    const scenario = context.books.of(PaymentMethods).note(intent.payment_method as string)
    decide(alone(world, context.books), intent, scenario.delayed === 'succeeds')
    world.changed()
  })
}

/** Writes a failed attempt down: a failed charge, the reason in the intent, which waits for another method. */
export function failed(
  context: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline: Decline,
): Stripe.Charge {
  const charge = newCharge(context, intent, method)
  intent.latest_charge = charge.id
  failCharge(context, charge, decline)
  fail(context, intent, method, { type: 'card_error', ...decline, charge: charge.id })
  return charge
}

function fail(
  context: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  error: Stripe.PaymentIntent.LastPaymentError,
): void {
  intent.last_payment_error = {
    ...error,
    ...(error.code
      ? { doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}` }
      : {}),
    payment_method: { ...method },
  }
  intent.payment_method = null
  intent.processing = null
  intent.status = 'requires_payment_method'
  emit(context, 'payment_intent.payment_failed', intent)
}

function succeed(context: Context, intent: Stripe.PaymentIntent, charge: Stripe.Charge): void {
  payCharge(context, charge)
  intent.processing = null
  if (!charge.captured) {
    intent.status = 'requires_capture'
    intent.amount_capturable = charge.amount
    emit(context, 'payment_intent.amount_capturable_updated', intent)
    return
  }
  intent.status = 'succeeded'
  intent.amount_received = charge.amount
  emit(context, 'payment_intent.succeeded', intent)
}
