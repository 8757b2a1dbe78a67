import type Stripe from 'stripe'
import type { Failure } from './table.ts'

/**
 * What Stripe says of a PaymentIntent at one moment, whoever asked: a webhook, the return page or the sweeper.
 * `open` is a PaymentIntent that waits for the shopper.
 */
export type Finding = {
  payment_intent: string
  found: 'open' | 'failed' | 'canceled' | 'processing' | 'succeeded'
  amount: number
  currency: string
  charge: string | null
  failure: Failure | null
  /** Whom Stripe pays with it, and the fee on that; undefined when this API version does not say. */
  parts?: { destination: string | null; fee: number } | undefined
}

const FOUND: Record<Stripe.PaymentIntent.Status, Finding['found']> = {
  requires_payment_method: 'open',
  requires_confirmation: 'open',
  requires_action: 'open',
  requires_capture: 'processing',
  processing: 'processing',
  canceled: 'canceled',
  succeeded: 'succeeded',
}

/** Reads only fields that every API version has, since hand-made endpoints send their account's own version. */
export function findingOf(intent: Stripe.PaymentIntent): Finding {
  const declined = intent.status === 'requires_payment_method' && intent.last_payment_error
  // Whoever signs an event may write `constructor` where Stripe writes a status.
  const known = Object.hasOwn(FOUND, intent.status) ? FOUND[intent.status] : undefined
  const found = declined ? 'failed' : (known ?? 'open')
  return {
    payment_intent: intent.id,
    found,
    // What counts in the end is what arrived, not what was asked for.
    amount: found === 'succeeded' ? intent.amount_received : intent.amount,
    currency: intent.currency,
    charge: idOf(intent.latest_charge),
    failure: declined ? { code: declined.code ?? null, decline_code: declined.decline_code ?? null } : null,
    parts: partsOf(intent),
  }
}

function partsOf({ transfer_data: data, application_fee_amount: fee }: Stripe.PaymentIntent) {
  if (data === undefined || fee === undefined) return undefined
  return { destination: idOf(data?.destination), fee: fee ?? 0 }
}

export const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null)
