import type Stripe from 'stripe'
import { z } from 'zod'
import { type DisputeNews, disputeNews } from '../disputes/settle.ts'
import { type Finding, findingOf } from '../orders/finding.ts'
import { refundFacts } from '../refunds/facts.ts'
import type { RefundNews } from '../refunds/settle.ts'

/** What an event means for an order. */
export type News =
  | ({ about: 'payment' } & Finding)
  | ({ about: 'refunds' } & RefundNews)
  | ({ about: 'dispute' } & DisputeNews)

type Handler = (object: Record<string, unknown>, type: string) => News | undefined

// Whoever knows the signing secret, the merchant for one, can sign anything: the fields we act on are checked.
const PaymentIntent = z.looseObject({
  id: z.string(),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount: z.int(),
  amount_received: z.int(),
  currency: z.string(),
  latest_charge: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
  last_payment_error: z
    .looseObject({ code: z.string().nullish(), decline_code: z.string().nullish() })
    .nullish(),
})

const paymentIntent: Handler = object => {
  const read = PaymentIntent.safeParse(object)
  return read.success
    ? { about: 'payment', ...findingOf(read.data as unknown as Stripe.PaymentIntent) }
    : undefined
}

const refund: Handler = object => {
  const { payment_intent } = object
  const facts = refundFacts([object])
  if (typeof payment_intent !== 'string' || facts.length === 0) return undefined
  return { about: 'refunds', payment_intent, facts, charge_refunded: null }
}

const Charge = z.looseObject({
  object: z.literal('charge'),
  payment_intent: z.string(),
  amount_refunded: z.int().min(0),
  // Only API versions before 2022-11-15 list them.
  refunds: z.looseObject({ data: z.array(z.unknown()) }).nullish(),
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

/** What the types of events mean for an order; every other type is kept in the inbox and the mirror only. */
export const handlers: Readonly<Record<string, Handler>> = {
  'payment_intent.succeeded': paymentIntent,
  'payment_intent.processing': paymentIntent,
  'payment_intent.payment_failed': paymentIntent,
  'payment_intent.canceled': paymentIntent,
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
