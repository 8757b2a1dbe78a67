import type Stripe from 'stripe'
import { emit } from '../engine/events.ts'
import { declined, invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { failed, pay } from './attempt.ts'
import { unexpectedState } from './intents.ts'
import { redirecting } from './method_details.ts'
import { PaymentMethods } from './methods.ts'

interface Confirmation {
  return_url?: string | undefined
  use_stripe_sdk?: boolean | undefined
  off_session?: boolean | undefined
  error_on_requires_action?: boolean | undefined
}

/**
 * Tries to pay an intent with a payment method. Ends in `requires_action`, `processing`, `requires_capture` or
 * `succeeded`; a decline is written down and then thrown (402).
 */
export function confirm(
  context: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod | undefined,
  how: Confirmation,
): void {
  checkConfirmable(intent)
  if (!method) {
    throw unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
        'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment ' +
        'method or ConfirmationToken.',
    )
  }
  checkType(intent, method)
  checkReturn(intent, how)
  const scenario = context.books.of(PaymentMethods).note(method.id)
  intent.payment_method = method.id
  intent.next_action = null
  intent.last_payment_error = null
  if (scenario.authentication) {
    if (how.off_session || how.error_on_requires_action) {
      const decline = {
        code: 'authentication_required',
        decline_code: 'authentication_required',
        message: 'Your card was declined. This transaction requires authentication.',
      } as const
      failed(context, intent, method, decline)
      throw declined(decline.message, { ...decline, payment_intent: intent, payment_method: method })
    }
    askShopper(context, intent, method, how)
    return
  }
  pay(context, intent, method, { throwing: true })
}

function checkConfirmable(intent: Stripe.PaymentIntent): void {
  if (['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) return
  throw unexpectedState(
    intent,
    intent.status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with ` +
          'one of the following statuses may be confirmed: requires_confirmation, requires_action.',
  )
}

function checkType(intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  if (intent.payment_method_types.includes(method.type)) return
  throw invalid(
    `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod ` +
      `of one of the following types: ${intent.payment_method_types.join(', ')}.`,
    { code: 'payment_intent_incompatible_payment_method', param: 'payment_method', payment_intent: intent },
  )
}

// Stripe asks for a return_url as soon as one of the methods might redirect, whichever is used.
function checkReturn(intent: Stripe.PaymentIntent, how: Confirmation): void {
  const automatic = intent.automatic_payment_methods
  if (how.return_url || how.use_stripe_sdk || how.off_session) return
  if (!automatic?.enabled || automatic.allow_redirects === 'never') return
  throw invalid(
    'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these ' +
      'payment methods might redirect your customer off of your page, you must provide a `return_url`. If you do not ' +
      'want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and ' +
      '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
    { payment_intent: intent, param: 'return_url' },
  )
}

function askShopper(
  context: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  how: Confirmation,
): void {
  const url = `${context.base}/console/3ds/${intent.id}?client_secret=${intent.client_secret}`
  const inPage = !redirecting.includes(method.type) && (how.use_stripe_sdk || !how.return_url)
  const use_stripe_sdk: Stripe.PaymentIntent.NextAction.UseStripeSdk = {
    type: 'three_d_secure_redirect',
    stripe_js: url,
  }
  intent.next_action = inPage
    ? { type: 'use_stripe_sdk', use_stripe_sdk }
    : { type: 'redirect_to_url', redirect_to_url: { return_url: how.return_url ?? null, url } }
  intent.status = 'requires_action'
  emit(context, 'payment_intent.requires_action', intent)
}
