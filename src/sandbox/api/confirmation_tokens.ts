import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'
import { anything, expand, one, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { type Call, type Operation, operation, type Resource, retrieving } from '../engine/resource.ts'
import { fullAddress, type MethodData } from '../payments/method_details.ts'
import { methodNamed, newMethod } from '../payments/methods.ts'
import { fromBrowser, methodData } from './method_params.ts'
import { shipping } from './payment_intent_params.ts'

/** What a shopper chose, before the payment exists; beside each the payment method it becomes. */
const ConfirmationTokens = collection<Stripe.ConfirmationToken, { method: Stripe.PaymentMethod }>({
  url: '/v1/confirmation_tokens',
  noun: 'confirmation token',
  prefix: 'ctoken_',
})

type Create = NonNullable<Parameters<Stripe['testHelpers']['confirmationTokens']['create']>[0]>

// Browsers make tokens at one address, tests with a secret key at the other.
const creating = (path: string, publishable: boolean): Operation<unknown> =>
  operation<Create>({
    method: 'POST',
    path,
    needs: 'payment_method.write',
    ...(publishable ? { publishable: () => undefined } : {}),
    params: {
      expand,
      payment_method: text(),
      payment_method_data: methodData,
      payment_method_options: anything,
      return_url: text(),
      setup_future_usage: one('off_session', 'on_session'),
      shipping,
    },
    extra: { ...fromBrowser, mandate_data: anything, set_as_default_payment_method: anything },
    run: create,
  })

export const confirmationTokens: Resource = {
  operations: [
    creating(ConfirmationTokens.url, true),
    creating('/v1/test_helpers/confirmation_tokens', false),
    retrieving(ConfirmationTokens, 'payment_method.read'),
  ],
}

function create(call: Call<Create>): Stripe.ConfirmationToken {
  const { params, books } = call
  const method = params.payment_method
    ? methodNamed(call, params.payment_method)
    : newMethod(call, (params.payment_method_data ?? missingMethod()) as unknown as MethodData)
  const {
    id: _id,
    object: _object,
    created: _created,
    livemode: _livemode,
    metadata: _metadata,
    ...preview
  } = method
  return books.of(ConfirmationTokens).put(
    {
      id: newId('ctoken_1', 24),
      object: 'confirmation_token',
      created: now(),
      expires_at: now() + 12 * 3600,
      livemode: books.livemode,
      mandate_data: null,
      metadata: null,
      payment_intent: null,
      payment_method_options: null,
      payment_method_preview: preview as Stripe.ConfirmationToken.PaymentMethodPreview,
      return_url: params.return_url ?? null,
      setup_future_usage: params.setup_future_usage ?? null,
      setup_intent: null,
      shipping: params.shipping
        ? {
            address: fullAddress(params.shipping.address),
            name: params.shipping.name,
            phone: params.shipping.phone || null,
          }
        : null,
      use_stripe_sdk: true,
    },
    { method },
  )
}

/** The payment method of a token, which can be used once. */
export function methodOfToken(call: Call<unknown>, id: string): Stripe.PaymentMethod {
  const token = call.books.need(ConfirmationTokens, id, 'confirmation_token')
  if (token.payment_intent) {
    throw invalid(`The provided ConfirmationToken (${id}) has already been used.`, {
      code: 'token_already_used',
      param: 'confirmation_token',
    })
  }
  token.payment_intent = call.path.id ?? null
  return call.books.of(ConfirmationTokens).note(id).method
}

/** Where the shopper wanted to return to. */
export const returnUrlOfToken = (call: Call<unknown>, id: string): string | null =>
  call.books.need(ConfirmationTokens, id, 'confirmation_token').return_url

function missingMethod(): never {
  throw invalid('Missing required param: payment_method_data.', {
    code: 'parameter_missing',
    param: 'payment_method_data',
  })
}
