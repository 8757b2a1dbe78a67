import type Stripe from 'stripe'
import { type Finding, findingOf, idOf } from './finding.ts'

/** What Stripe says of its own page, and of the PaymentIntent that is paid there, at one moment. */
export type PageFinding = Omit<Finding, 'payment_intent'> & {
  payment_intent: string | null
  /** The page itself; null when only its PaymentIntent spoke. */
  stripe_session: string | null
  /** Our attempt, as the metadata names it: believed of no more than a declined card. */
  payment_id: string | null
  /** The shopper is through with it: it takes no other try. */
  completed: boolean
  /** The tax that Stripe worked out for it, in minor units; null when only its PaymentIntent spoke. */
  tax: number | null
  /** Whom the shopper said they are. */
  email: string | null
}

/** As far as we read it: an event's page names its PaymentIntent, an answer to us can hold it. */
export type Page = Pick<
  Stripe.Checkout.Session,
  'id' | 'status' | 'payment_status' | 'amount_total' | 'currency' | 'payment_intent'
> & {
  customer_details?: { email?: string | null } | null
  total_details?: { amount_tax?: number } | null
}

/**
 * Reads a page. `failed`: the event that told of it says that its slow payment failed in the end, which the page itself
 * does not say.
 */
export function pageFindingOf(page: Page, failed = false): PageFinding {
  const intent = typeof page.payment_intent === 'object' ? page.payment_intent : null
  const known = intent && findingOf(intent)
  const completed = page.status === 'complete'
  return {
    stripe_session: page.id,
    payment_id: null,
    payment_intent: idOf(page.payment_intent),
    found: foundOf(page, failed ? 'failed' : known?.found),
    amount: known?.found === 'succeeded' ? known.amount : (page.amount_total ?? 0),
    currency: page.currency ?? '',
    charge: known?.charge ?? null,
    parts: known?.parts,
    failure: known?.failure ?? (failed ? { code: null, decline_code: null } : null),
    completed,
    tax: page.total_details?.amount_tax ?? 0,
    email: (completed && page.customer_details?.email) || null,
  }
}

function foundOf({ status, payment_status }: Page, intent: Finding['found'] | undefined): Finding['found'] {
  if (status === 'expired') return 'canceled'
  if (status !== 'complete') return intent === 'failed' ? 'failed' : 'open'
  if (payment_status === 'paid') return 'succeeded'
  return intent === 'failed' ? 'failed' : 'processing'
}
