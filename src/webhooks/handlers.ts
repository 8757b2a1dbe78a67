import type Stripe from 'stripe'
import { z } from 'zod'
import { type DisputeNews, disputeNews } from '../disputes/settle.ts'
import { type AccountNews, accountNews } from '../marketplace/found.ts'
import { type Finding, findingOf } from '../orders/finding.ts'
import { type Page as CheckoutPage, type PageFinding, pageFindingOf } from '../orders/page-finding.ts'
import { refundFacts } from '../refunds/facts.ts'
import type { RefundNews } from '../refunds/settle.ts'

/** What an event means for an order, or for a vendor. */
export type News =
  | ({ about: 'payment' } & Finding)
  | ({ about: 'page' } & PageFinding)
  | ({ about: 'refunds' } & RefundNews)
  | ({ about: 'dispute' } & DisputeNews)
  | ({ about: 'account' } & AccountNews)

type Handler = (object: Record<string, unknown>, type: string) => News | undefined

// Whoever knows the signing secret, the merchant for one, can sign anything: the fields we act on are checked.
const PaymentIntent = z.object({
  id: z.string(),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount: z.int(),
  amount_received: z.int(),
  currency: z.string(),
  transfer_data: z.object({ destination: z.union([z.string(), z.object({ id: z.string() })]) }).nullish(),
  application_fee_amount: z.int().nullish(),
  metadata: z
    .object({ payment_id: z.uuid().optional().catch(undefined) })
    .nullish()
    .catch(undefined),
  latest_charge: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
  last_payment_error: z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
})

const paymentIntent: Handler = object => {
  const read = PaymentIntent.safeParse(object)
  if (!read.success) return undefined
  const finding = findingOf(read.data as unknown as Stripe.PaymentIntent)
  const payment_id = read.data.metadata?.payment_id
  // Only what is paid on Stripe's own page names our attempt (src/orders/page-params.ts).
  if (!payment_id) return { about: 'payment', ...finding }
  return {
    about: 'page',
    ...finding,
    payment_id,
    stripe_session: null,
    completed: false,
    tax: null,
    email: null,
  }
}

const Page = z.object({
  id: z.string(),
  object: z.literal('checkout.session'),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.string(),
  payment_intent: z.string().nullable(),
  amount_total: z.int(),
  currency: z.string(),
  total_details: z.object({ amount_tax: z.int() }).nullish(),
  customer_details: z.object({ email: z.email().max(254).nullish().catch(null) }).nullish(),
})

const page: Handler = (object, type) => {
  const read = Page.safeParse(object)
  if (!read.success) return undefined
  const failed = type === 'checkout.session.async_payment_failed'
  return { about: 'page', ...pageFindingOf(read.data as unknown as CheckoutPage, failed) }
}

const refund: Handler = object => {
  const { payment_intent } = object
  const facts = refundFacts([object])
  if (typeof payment_intent !== 'string' || facts.length === 0) return undefined
  return { about: 'refunds', payment_intent, facts, charge_refunded: null }
}

const Charge = z.object({
  object: z.literal('charge'),
  payment_intent: z.string(),
  amount_refunded: z.int().min(0),
  // Only API versions before 2022-11-15 list them.
  refunds: z.object({ data: z.array(z.unknown()) }).nullish(),
})

const chargeRefunded: Handler = object => {
  const { data: charge } = Charge.safeParse(object)
  return (
    charge && {
      about: 'refunds',
      payment_intent: charge.payment_intent,
      facts: refundFacts(charge.refunds?.data ?? []),
      charge_refunded: charge.amount_refunded,
    }
  )
}

const dispute: Handler = (object, type) => {
  const news = disputeNews(object, type)
  return news && { about: 'dispute', ...news }
}

const account: Handler = object => {
  const news = accountNews(object)
  return news && { about: 'account', ...news }
}

/** The same of events of connected accounts: they say how a vendor stands, and nothing of an order. */
export const connectHandlers: Readonly<Record<string, Handler>> = { 'account.updated': account }

/** What the types of events mean for an order; every other type is kept in the inbox and the mirror only. */
export const handlers: Readonly<Record<string, Handler>> = {
  'payment_intent.succeeded': paymentIntent,
  'payment_intent.processing': paymentIntent,
  'payment_intent.payment_failed': paymentIntent,
  'payment_intent.canceled': paymentIntent,
  'checkout.session.completed': page,
  'checkout.session.async_payment_succeeded': page,
  'checkout.session.async_payment_failed': page,
  'checkout.session.expired': page,
  'refund.created': refund,
  'refund.updated': refund,
  'refund.failed': refund,
  'charge.refund.updated': refund,
  'charge.refunded': chargeRefunded,
  'charge.dispute.created': dispute,
  'charge.dispute.updated': dispute,
  'charge.dispute.funds_withdrawn': dispute,
  'charge.dispute.funds_reinstated': dispute,
  'charge.dispute.closed': dispute,
}
