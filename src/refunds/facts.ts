import { v5 } from 'uuid'
import { z } from 'zod'
import { readId } from '../lib/ids.ts'
import type { RefundStatus } from './table.ts'

/** One refund, as Stripe says it stands: from an event, an answer or a list. */
export type RefundFact = {
  stripe_refund: string
  /** The row it gets when it was not made by us. */
  own_id: string
  /** The row of ours that it says it is. */
  named_id: string | null
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  failure: string | null
  created_at: string
}

// Whoever knows the signing secret can sign anything, and endpoints send many API versions: only these are read.
const RefundObject = z.object({
  id: z.string().max(250),
  object: z.literal('refund'),
  amount: z.int().min(1),
  currency: z.string().max(3),
  status: z.string().nullish(),
  reason: z.string().max(250).nullish(),
  failure_reason: z.string().max(250).nullish(),
  created: z.int().min(0).max(99_999_999_999),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

// Any fixed UUID: together with Stripe's id it makes the row's.
const NAMESPACE = '2f6d2b0e-3f0e-4a37-9a53-0c8a3f7f6a11'

// A map, since whoever signs may write `constructor` where Stripe writes a status.
const STATUS = new Map<string, RefundStatus>([
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'cancelled'],
])

/** Reads one of Stripe's refunds; undefined for anything else. */
function refundFact(object: unknown): RefundFact | undefined {
  const { data: refund } = RefundObject.safeParse(object)
  if (!refund) return undefined
  return {
    stripe_refund: refund.id,
    own_id: v5(refund.id, NAMESPACE),
    named_id: readId(refund.metadata?.refund_id) ?? null,
    amount: refund.amount,
    currency: refund.currency,
    status: STATUS.get(refund.status ?? '') ?? 'pending',
    reason: refund.reason ?? null,
    failure: refund.failure_reason ?? null,
    created_at: new Date(refund.created * 1_000).toISOString(),
  }
}

/** Reads a list of Stripe's refunds, each once. Two that claim one row of ours: the older one is it. */
export function refundFacts(objects: readonly unknown[]): RefundFact[] {
  const facts = new Map<string, RefundFact>()
  const claimed = new Set<string>()
  const read = objects.map(refundFact).filter(fact => fact !== undefined)
  for (const fact of read.sort((left, right) => left.created_at.localeCompare(right.created_at))) {
    if (facts.has(fact.stripe_refund)) continue
    const taken = fact.named_id !== null && claimed.has(fact.named_id)
    if (fact.named_id !== null) claimed.add(fact.named_id)
    facts.set(fact.stripe_refund, taken ? { ...fact, named_id: null } : fact)
  }
  return [...facts.values()]
}
