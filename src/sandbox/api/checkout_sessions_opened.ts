import type Stripe from 'stripe'
import { type Books, collection } from '../engine/books.ts'
import { connectedAccount } from '../engine/connect.ts'
import { newId, now } from '../engine/ids.ts'
import type { List } from '../engine/lists.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { checkAmount } from '../payments/currencies.ts'
import { automaticMethods } from '../payments/intents.ts'
import { aDay, blankSession } from './checkout_sessions_blank.ts'
import { type Bill, bill } from './checkout_sessions_items.ts'
import { needActiveTax } from './tax_settings.ts'

type Params = Stripe.Checkout.SessionCreateParams
type Session = Stripe.Checkout.Session

/** Beside a session: its lines, and what its PaymentIntent will be made of once somebody pays. */
interface SessionNote {
  lines: Stripe.LineItem[]
  intent: NonNullable<Params['payment_intent_data']>
  /** What the lines and the shipping are to automatic tax. */
  tax_codes: (string | undefined)[]
  shipping_behavior: string | undefined
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

/** Opens a session for what its line items come to. Refuses what Stripe refuses, in its words. */
export function openSession(context: Context, params: Params, types: string[] | undefined): Session {
  const { books } = context
  checkTerms(context, params)
  if (params.automatic_tax?.enabled) needActiveTax(books)
  const wanted = bill(context, params)
  const shipping = shippingOf(params, wanted.currency)
  const amount_total = wanted.amount_total + (shipping?.amount_total ?? 0)
  checkAmount(amount_total, wanted.currency)
  checkFee(params, amount_total)
  const id = newId(books.livemode ? 'cs_live_a1' : 'cs_test_a1', 66)
  const session: Session = {
    ...blankSession(context, params),
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
    tax_codes: (params.line_items ?? []).map(({ price_data }) => price_data?.product_data?.tax_code),
    shipping_behavior: params.shipping_options?.[0]?.shipping_rate_data?.tax_behavior,
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
