import type Stripe from 'stripe'
import { emit } from '../engine/events.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import { expand, one, paging, range, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { type Call, listing, operation, type Resource } from '../engine/resource.ts'
import { cancel, capture } from '../payments/capture.ts'
import { confirm } from '../payments/confirming.ts'
import { newIntent, PaymentIntents, unexpectedState } from '../payments/intents.ts'
import { PaymentMethods } from '../payments/methods.ts'
import { returnUrlOfToken } from './confirmation_tokens.ts'
import { fromBrowser } from './method_params.ts'
import { proveSecret, shownTo } from './payment_intent_browser.ts'
import { capturing, confirming, creating, legacyTypes, updating } from './payment_intent_params.ts'
import { changedTerms, methodOf, newTerms, shippingOf } from './payment_intent_terms.ts'

const { url } = PaymentIntents
const { client_secret: _inTheTypes, ...browserExtra } = fromBrowser

export const paymentIntents: Resource = {
  operations: [
    operation<Stripe.PaymentIntentCreateParams>({
      method: 'POST',
      path: url,
      needs: 'payment_intent.write',
      params: creating,
      legacy: legacyTypes,
      run(call) {
        const { params } = call
        if (!params.confirm) refuseWithoutConfirm(params)
        const terms = newTerms(call)
        const method = methodOf(call)
        const intent = newIntent(call, { ...terms, payment_method: method?.id ?? null })
        emit(call, 'payment_intent.created', intent)
        if (params.confirm) confirm(call, intent, method, howOf(params, call))
        return intent
      },
    }),
    operation<Stripe.PaymentIntentRetrieveParams>({
      method: 'GET',
      path: `${url}/:id`,
      needs: 'payment_intent.read',
      publishable: call => proveSecret(call, call.params.client_secret),
      params: { client_secret: text(), expand },
      extra: browserExtra,
      run: call => shownTo(call, call.books.need(PaymentIntents, call.path.id!, 'intent')),
    }),
    operation<Stripe.PaymentIntentUpdateParams>({
      method: 'POST',
      path: `${url}/:id`,
      needs: 'payment_intent.write',
      params: updating,
      legacy: legacyTypes,
      run(call) {
        const intent = call.books.need(PaymentIntents, call.path.id!, 'intent')
        checkChangeable(call, intent)
        const changes = changedTerms(call, intent)
        const method = methodOf(call)
        Object.assign(intent, changes)
        if (call.extra.payment_method_types)
          intent.payment_method_types = call.extra.payment_method_types as string[]
        if (method) {
          intent.payment_method = method.id
          intent.status = 'requires_confirmation'
        }
        return intent
      },
    }),
    operation<Stripe.PaymentIntentConfirmParams>({
      method: 'POST',
      path: `${url}/:id/confirm`,
      needs: 'payment_intent.write',
      publishable: call => proveSecret(call, call.extra.client_secret as string | undefined),
      params: confirming,
      legacy: legacyTypes,
      extra: fromBrowser,
      run(call) {
        const { params } = call
        const intent = call.books.need(PaymentIntents, call.path.id!, 'intent')
        const method =
          methodOf(call) ?? call.books.of(PaymentMethods).find((intent.payment_method as string) ?? '')
        if (params.receipt_email !== undefined) intent.receipt_email = params.receipt_email || null
        if (params.shipping) intent.shipping = shippingOf(params.shipping)
        if (params.capture_method) intent.capture_method = params.capture_method
        if (params.setup_future_usage) intent.setup_future_usage = params.setup_future_usage
        confirm(call, intent, method, howOf(params, call))
        return shownTo(call, intent)
      },
    }),
    operation<Stripe.PaymentIntentCaptureParams>({
      method: 'POST',
      path: `${url}/:id/capture`,
      needs: 'payment_intent.write',
      params: capturing,
      run(call) {
        const intent = call.books.need(PaymentIntents, call.path.id!, 'intent')
        intent.metadata = mergeMetadata(intent.metadata, call.params.metadata)
        capture(call, intent, { amount: call.params.amount_to_capture })
        return intent
      },
    }),
    operation<Stripe.PaymentIntentCancelParams>({
      method: 'POST',
      path: `${url}/:id/cancel`,
      needs: 'payment_intent.write',
      params: {
        cancellation_reason: one('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'),
        expand,
      },
      run(call) {
        const intent = call.books.need(PaymentIntents, call.path.id!, 'intent')
        cancel(call, intent, call.params.cancellation_reason)
        return intent
      },
    }),
    listing<Stripe.PaymentIntentListParams, Stripe.PaymentIntent>(
      PaymentIntents,
      'payment_intent.read',
      { ...paging, created: range, customer: text(), customer_account: text(), expand },
      (intent, { customer }) => !customer || intent.customer === customer,
    ),
  ],
}

function howOf(
  params: Stripe.PaymentIntentCreateParams | Stripe.PaymentIntentConfirmParams,
  call: Call<unknown>,
) {
  const { use_stripe_sdk, off_session, error_on_requires_action, confirmation_token } = params
  const return_url =
    params.return_url ?? (confirmation_token && returnUrlOfToken(call, confirmation_token)) ?? undefined
  if (return_url && !URL.canParse(return_url)) {
    throw invalid('Not a valid URL', { code: 'url_invalid', param: 'return_url' })
  }
  return { return_url, use_stripe_sdk, off_session: Boolean(off_session), error_on_requires_action }
}

// Only a confirmation can use these; Stripe says so rather than ignore them.
const onlyWithConfirm = [
  'confirmation_token',
  'error_on_requires_action',
  'mandate_data',
  'off_session',
  'return_url',
] as const
function refuseWithoutConfirm(params: Stripe.PaymentIntentCreateParams): void {
  const name = onlyWithConfirm.find(param => params[param] !== undefined)
  if (name) {
    throw invalid(
      `The parameter ${name} cannot be passed when creating a PaymentIntent unless confirm is set to true.`,
      {
        param: name,
      },
    )
  }
}

function checkChangeable(
  { params }: Call<Stripe.PaymentIntentUpdateParams>,
  intent: Stripe.PaymentIntent,
): void {
  if (['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) return
  const fixed = (
    ['amount', 'currency', 'payment_method', 'payment_method_data', 'capture_method', 'customer'] as const
  ).find(name => params[name] !== undefined)
  if (fixed) {
    throw unexpectedState(
      intent,
      `This PaymentIntent's ${fixed} could not be updated because it has a status of ${intent.status}.`,
    )
  }
}
