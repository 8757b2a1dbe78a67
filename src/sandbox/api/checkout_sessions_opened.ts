import type Stripe from 'stripe'
import { type Books, collection } from '../engine/books.ts'
import { connectedAccount } from '../engine/connect.ts'
import { newId, now } from '../engine/ids.ts'
import type { List } from '../engine/lists.ts'
import { mergeMetadata } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { checkAmount } from '../payments/currencies.ts'
import { automaticMethods } from '../payments/intents.ts'
import { type Bill, bill } from './checkout_sessions_items.ts'

type Params = Stripe.Checkout.SessionCreateParams
type Session = Stripe.Checkout.Session

/** Beside a session: its lines, and what its PaymentIntent will be made of once somebody pays. */
export interface SessionNote {
  lines: Stripe.LineItem[]
  intent: NonNullable<Params['payment_intent_data']>
}

export const CheckoutSessions = collection<Session, SessionNote>({
  url: '/v1/checkout/sessions',
  noun: 'checkout.session',
  prefix: 'cs_',
  includes: {
    line_items: (books, session): List<Stripe.LineItem> => ({
      object: 'list',
      data: linesOf(books, session),
      has_more: false,
      url: `/v1/checkout/sessions/${session.id}/line_items`,
    }),
  },
})

/** What a session sells. */
export const linesOf = (books: Books, session: Session): Stripe.LineItem[] =>
  books.of(CheckoutSessions).note(session.id).lines

const halfAnHour = 30 * 60
const aDay = 24 * 3600

/** Opens a session for what its line items come to. Refuses what Stripe refuses, in its words. */
export function openSession(context: Context, params: Params, types: string[] | undefined): Session {
  const { books } = context
  checkTerms(context, params)
  const wanted = bill(context, params)
  const shipping = shippingOf(params, wanted.currency)
  const amount_total = wanted.amount_total + (shipping?.amount_total ?? 0)
  checkAmount(amount_total, wanted.currency)
  checkFee(params, amount_total)
  const id = newId(books.livemode ? 'cs_live_a1' : 'cs_test_a1', 66)
  const session: Session = {
    ...blank(context, params),
    id,
    amount_subtotal: wanted.amount_subtotal,
    amount_total,
    currency: wanted.currency,
    discounts: wanted.coupon ? [{ coupon: wanted.coupon.id, promotion_code: wanted.promotion_code }] : [],
    payment_method_types: types ?? offered(params, wanted.currency),
    shipping_cost: shipping,
    total_details: totals(wanted, shipping),
    url: `${context.base}/console/checkout/${id}`,
  }
  return books.of(CheckoutSessions).put(session, {
    lines: wanted.lines,
    intent: params.payment_intent_data ?? {},
  })
}

function checkTerms(context: Context, params: Params): void {
  const { mode, ui_mode, expires_at, success_url } = params
  const lacking = (param: string) =>
    invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  if (!mode) throw lacking('mode')
  if (mode !== 'payment') throw invalid("The sandbox's Checkout takes payments only.", { param: 'mode' })
  if (ui_mode && !['hosted_page', 'hosted'].includes(ui_mode)) {
    throw invalid("The sandbox's Checkout is the hosted page only.", { param: 'ui_mode' })
  }
  if (!success_url) throw lacking('success_url')
  const wait = expires_at === undefined ? aDay : expires_at - now()
  if (wait < halfAnHour - 30) {
    throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    })
  }
  if (wait > aDay + 30) {
    throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    })
  }
  if (params.customer && params.customer_email) {
    throw invalid('You may only specify one of these parameters: customer, customer_email.', {
      code: 'parameters_exclusive',
    })
  }
  const destination = params.payment_intent_data?.transfer_data?.destination
  if (destination) {
    connectedAccount(context.books, destination, 'payment_intent_data[transfer_data][destination]')
  }
}

function checkFee(params: Params, total: number): void {
  const { application_fee_amount, transfer_data } = params.payment_intent_data ?? {}
  if (application_fee_amount === undefined) return
  const param = 'payment_intent_data[application_fee_amount]'
  if (transfer_data?.amount !== undefined) {
    throw invalid(
      'You may not pass both `application_fee_amount` and `transfer_data[amount]`. Please choose one of them.',
      { code: 'parameters_exclusive', param },
    )
  }
  if (application_fee_amount > total) {
    throw invalid('Fee cannot be greater than the amount.', { param })
  }
}

function shippingOf(params: Params, currency: string): Stripe.Checkout.Session.ShippingCost | null {
  const [option] = params.shipping_options ?? []
  if (!option) return null
  const { shipping_rate, shipping_rate_data } = option
  if (shipping_rate || !shipping_rate_data?.fixed_amount) {
    throw invalid('The sandbox needs shipping_rate_data with a fixed_amount.', { param: 'shipping_options' })
  }
  if (shipping_rate_data.fixed_amount.currency.toLowerCase() !== currency) {
    throw invalid('The shipping rate must have the currency of the line items.', {
      param: 'shipping_options',
    })
  }
  const { amount } = shipping_rate_data.fixed_amount
  return { amount_subtotal: amount, amount_tax: 0, amount_total: amount, shipping_rate: newId('shr_1') }
}

const totals = (
  wanted: Bill,
  shipping: Stripe.Checkout.Session.ShippingCost | null,
): Stripe.Checkout.Session.TotalDetails => ({
  amount_discount: wanted.amount_discount,
  amount_shipping: shipping?.amount_total ?? 0,
  amount_tax: wanted.amount_tax,
})

function offered(params: Params, currency: string): string[] {
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded = [] } = params
  return automaticMethods(currency, true).filter(
    type => (allowed?.includes(type) ?? true) && !excluded.includes(type),
  )
}

const blank = (context: Context, params: Params) =>
  ({
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    automatic_tax: {
      enabled: params.automatic_tax?.enabled ?? false,
      liability: params.automatic_tax?.enabled ? { type: 'self' } : null,
      provider: params.automatic_tax?.enabled ? 'stripe' : null,
      status: params.automatic_tax?.enabled ? 'complete' : null,
    },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now(),
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: params.customer ?? null,
    customer_account: null,
    customer_creation: params.customer_creation ?? 'if_required',
    customer_details: params.customer_email ? payer(params.customer_email, null) : null,
    customer_email: params.customer_email ?? null,
    expires_at: params.expires_at ?? now() + aDay,
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation: null,
    livemode: context.books.livemode,
    locale: params.locale ?? null,
    managed_payments: { enabled: false },
    metadata: mergeMetadata(null, params.metadata),
    mode: 'payment',
    origin_context: params.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: (params.shipping_address_collection ??
      null) as Session['shipping_address_collection'],
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    ui_mode: 'hosted_page',
    wallet_options: null,
  }) satisfies Partial<Session>

/** Who pays, as a session shows it. */
export const payer = (
  email: string | null,
  name: string | null,
  address: Stripe.Address | null = null,
): Stripe.Checkout.Session.CustomerDetails => ({
  address,
  business_name: null,
  email,
  individual_name: null,
  name,
  phone: null,
  tax_exempt: 'none',
  tax_ids: [],
})
