import type Stripe from 'stripe'
import { z } from 'zod'
import { type Finding, findingOf } from '../orders/finding.ts'

type Handler = (object: Record<string, unknown>) => Finding | undefined

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
  return read.success ? findingOf(read.data as unknown as Stripe.PaymentIntent) : undefined
}

/** What the types of events mean for an order; every other type is kept in the inbox and the mirror only. */
export const handlers: Readonly<Record<string, Handler>> = {
  'payment_intent.succeeded': paymentIntent,
  'payment_intent.processing': paymentIntent,
  'payment_intent.payment_failed': paymentIntent,
  'payment_intent.canceled': paymentIntent,
}
