import type Stripe from 'stripe'
import { connectedAccount } from '../engine/connect.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import { invalid } from '../engine/refusal.ts'
import type { Call } from '../engine/resource.ts'
import { before } from '../engine/versions.ts'
import { checkAmount, checkCurrency } from '../payments/currencies.ts'
import { automaticMethods, type IntentTerms } from '../payments/intents.ts'
import { fullAddress, type MethodData } from '../payments/method_details.ts'
import { methodNamed, newMethod } from '../payments/methods.ts'
import { methodOfToken } from './confirmation_tokens.ts'
import { Customers } from './customers.ts'
import { hooksOf } from './tax_transactions.ts'

type Create = Stripe.PaymentIntentCreateParams
type Update = Stripe.PaymentIntentUpdateParams

/** What a new intent agrees on, checked as Stripe checks it. */
export function newTerms(call: Call<Create>): IntentTerms {
  const { params } = call
  const currency = checkCurrency(params.currency)
  checkAmount(params.amount, currency)
  const terms: IntentTerms = {
    amount: params.amount,
    currency,
    ...methodsOffered(call, currency),
    ...shared(call, params),
    capture_method:
      params.capture_method ?? (before(call.version, '2024-04-10') ? 'automatic' : 'automatic_async'),
    confirmation_method: params.confirmation_method ?? 'automatic',
    metadata: mergeMetadata(null, params.metadata),
    on_behalf_of: params.on_behalf_of ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
  }
  const { application_fee_amount: fee, transfer_data } = params
  if (transfer_data) {
    connectedAccount(call.books, transfer_data.destination, 'transfer_data[destination]')
    if (fee !== undefined && transfer_data.amount !== undefined) throw feeAndAmount()
    const { amount, destination } = transfer_data
    terms.transfer_data = { ...(amount === undefined ? {} : { amount }), destination }
  } else if (fee && !call.books.platform) {
    throw invalid(
      'Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).',
      { param: 'application_fee_amount' },
    )
  }
  if (params.on_behalf_of) connectedAccount(call.books, params.on_behalf_of, 'on_behalf_of')
  terms.application_fee_amount = fee ?? null
  checkParts(terms)
  return terms
}

/** What an update changes; the intent itself is not touched. */
export function changedTerms(
  call: Call<Update>,
  intent: Stripe.PaymentIntent,
): Partial<Stripe.PaymentIntent> {
  const { params } = call
  const currency = params.currency === undefined ? intent.currency : checkCurrency(params.currency)
  const amount = params.amount ?? intent.amount
  if (params.amount !== undefined || params.currency !== undefined) checkAmount(amount, currency)
  const changes: Partial<Stripe.PaymentIntent> = {
    amount,
    currency,
    ...shared(call, params),
    metadata: mergeMetadata(intent.metadata, params.metadata),
  }
  if (params.application_fee_amount !== undefined)
    changes.application_fee_amount = params.application_fee_amount || null
  if (params.capture_method) changes.capture_method = params.capture_method
  if (params.setup_future_usage !== undefined) changes.setup_future_usage = params.setup_future_usage || null
  if (params.transfer_data?.amount !== undefined && intent.transfer_data) {
    changes.transfer_data = { ...intent.transfer_data, amount: params.transfer_data.amount }
  }
  checkParts({ ...intent, ...changes })
  return changes
}

/** The payment method that a request brings: by id, by its data, or by a confirmation token. */
export function methodOf(
  call: Call<Create | Update | Stripe.PaymentIntentConfirmParams>,
): Stripe.PaymentMethod | undefined {
  const { payment_method, payment_method_data, confirmation_token } = call.params as Create
  if (confirmation_token) return methodOfToken(call, confirmation_token)
  if (payment_method_data) return newMethod(call, payment_method_data as unknown as MethodData)
  return payment_method ? methodNamed(call, payment_method) : undefined
}

/** The fields that creation and update set alike. */
function shared(call: Call<unknown>, params: Create | Update): Partial<Stripe.PaymentIntent> {
  const terms: Partial<Stripe.PaymentIntent> = {}
  if (params.customer) terms.customer = call.books.need(Customers, params.customer, 'customer').id
  if (params.description !== undefined) terms.description = params.description || null
  const hooks = hooksOf(call, params.hooks)
  if (hooks) terms.hooks = hooks
  if (params.receipt_email !== undefined) terms.receipt_email = params.receipt_email || null
  if (params.shipping !== undefined) terms.shipping = shippingOf(params.shipping)
  if (params.statement_descriptor !== undefined) terms.statement_descriptor = params.statement_descriptor
  if (params.statement_descriptor_suffix !== undefined) {
    terms.statement_descriptor_suffix = params.statement_descriptor_suffix
  }
  if (params.transfer_group !== undefined) terms.transfer_group = params.transfer_group
  return terms
}

export function shippingOf(given: Create['shipping'] | '' | null): Stripe.PaymentIntent.Shipping | null {
  if (!given) return null
  return {
    address: fullAddress(given.address),
    carrier: given.carrier ?? null,
    name: given.name,
    phone: given.phone || null,
    tracking_number: given.tracking_number ?? null,
  }
}

/** Automatic payment methods are the default since 2023-08-16; before, it was the card alone. */
function methodsOffered(call: Call<Create>, currency: string): Partial<Stripe.PaymentIntent> {
  const {
    automatic_payment_methods: automatic,
    allowed_payment_method_types,
    excluded_payment_method_types = [],
  } = call.params
  const types = call.extra.payment_method_types as string[] | undefined
  if (types && automatic?.enabled) {
    throw invalid(
      'You may only specify one of these parameters: automatic_payment_methods, payment_method_types.',
      {
        code: 'parameters_exclusive',
      },
    )
  }
  if (types) return { payment_method_types: types }
  const enabled = automatic?.enabled ?? !before(call.version, '2023-08-16')
  if (!enabled) return { payment_method_types: ['card'] }
  const allow_redirects = automatic?.allow_redirects ?? 'always'
  const offered = automaticMethods(currency, allow_redirects === 'always').filter(
    type =>
      (allowed_payment_method_types ?? [type]).includes(type) &&
      !(excluded_payment_method_types as string[]).includes(type),
  )
  return {
    allowed_payment_method_types: allowed_payment_method_types ?? null,
    automatic_payment_methods: { allow_redirects, enabled: true },
    excluded_payment_method_types:
      excluded_payment_method_types.length > 0 ? excluded_payment_method_types : null,
    payment_method_types: offered,
  }
}

function checkParts({
  amount,
  application_fee_amount,
  transfer_data,
}: Partial<Stripe.PaymentIntent> & { amount: number }): void {
  if (application_fee_amount && transfer_data?.amount !== undefined) throw feeAndAmount()
  if (application_fee_amount && application_fee_amount > amount) {
    throw invalid(
      'Fees ($fee) cannot be greater than the charge amount.'.replace('$fee', String(application_fee_amount)),
      { param: 'application_fee_amount' },
    )
  }
  if ((transfer_data?.amount ?? 0) > amount) {
    throw invalid('Transfer amount cannot be greater than the amount of the PaymentIntent.', {
      param: 'transfer_data[amount]',
    })
  }
}

const feeAndAmount = () =>
  invalid('You may only specify one of these parameters: application_fee_amount, transfer_data[amount].', {
    code: 'parameters_exclusive',
    param: 'application_fee_amount',
  })
