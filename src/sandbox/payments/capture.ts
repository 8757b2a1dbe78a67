import type Stripe from 'stripe'
import { emit } from '../engine/events.ts'
import { now } from '../engine/ids.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { Charges, captureCharge } from './charges.ts'
import { unexpectedState } from './intents.ts'

/** Takes an authorised payment, or part of it (`amount` in minor units); the rest goes back to the shopper's bank. */
export function capture(
  context: Context,
  intent: Stripe.PaymentIntent,
  { amount }: { amount?: number | undefined },
): void {
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with ` +
        'one of the following statuses may be captured: requires_capture.',
    )
  }
  const take = amount ?? intent.amount_capturable
  if (take > intent.amount_capturable) {
    throw invalid(
      `The payment could not be captured because the requested capture amount (${take}) is greater than the amount ` +
        `you can capture for this charge (${intent.amount_capturable}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    )
  }
  const charge = context.books.need(Charges, intent.latest_charge as string)
  captureCharge(context, charge, take)
  intent.amount_capturable = 0
  intent.amount_received = take
  intent.status = 'succeeded'
  emit(context, 'payment_intent.succeeded', intent)
}

/** Gives a payment up. What was authorised is released; what was paid or is under way cannot be cancelled. */
export function cancel(
  context: Context,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | undefined,
): void {
  if (['succeeded', 'canceled', 'processing'].includes(intent.status)) {
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one ` +
        'of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, ' +
        'requires_action, processing.',
    )
  }
  if (intent.status === 'requires_capture') {
    const charge = context.books.need(Charges, intent.latest_charge as string)
    const before = { ...charge }
    charge.amount_refunded = charge.amount
    charge.refunded = true
    emit(context, 'charge.refunded', charge, before)
  }
  intent.status = 'canceled'
  intent.canceled_at = now()
  intent.cancellation_reason = reason ?? null
  intent.amount_capturable = 0
  intent.next_action = null
  emit(context, 'payment_intent.canceled', intent)
}
