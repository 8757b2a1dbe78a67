import { z } from 'zod'

// The envelope only: objects are read by their handlers, since endpoints send them in many API versions.
const Envelope = z.looseObject({
  id: z.string().regex(/^evt_\w{1,250}$/),
  object: z.literal('event'),
  type: z.string().min(1).max(250),
  created: z.int().min(0).max(99_999_999_999),
  livemode: z.boolean(),
  api_version: z.string().max(100).nullish(),
  account: z.string().max(250).nullish(),
  data: z.looseObject({ object: z.looseObject({}) }),
})

const Thin = z.object({ object: z.literal('v2.core.event') })

/** A Stripe event as it may be kept: verified by nobody yet, without client secrets. */
export type StripeEvent = z.infer<typeof Envelope>

/** Deeper than anything Stripe sends, and far from what would exhaust a stack. */
const DEEPEST = 64

/** Events of Stripe's v2 API say what happened and to whom, but carry no object: there is nothing to act on. */
export type ThinEvent = { object: 'v2.core.event' }

/** What an event's body says; undefined when it is not an event of Stripe's. */
export function readEvent(body: Buffer): StripeEvent | ThinEvent | undefined {
  const text = body.toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined // not JSON: nothing to report, the caller answers 400
  }
  if (!makeKeepable(json, text.includes('\\u'), 0)) return undefined
  return Envelope.safeParse(json).data ?? Thin.safeParse(json).data
}

/**
 * Removes, in place, what must not be kept: client secrets, which let their holder confirm a payment, and the
 * characters that jsonb refuses (NUL, halves of surrogate pairs; both can only come escaped). False when too deep.
 */
function makeKeepable(value: unknown, escaped: boolean, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth > DEEPEST) return false
  const record = value as Record<string, unknown>
  for (const key in record) {
    const inner = record[key]
    if (key === 'client_secret' || (escaped && keepable(key) !== key)) delete record[key]
    else if (typeof inner === 'object') {
      if (!makeKeepable(inner, escaped, depth + 1)) return false
    } else if (escaped && typeof inner === 'string') {
      record[key] = keepable(inner)
    }
  }
  return true
}

const keepable = (text: string): string => text.toWellFormed().replaceAll('\0', '')

export const isThin = (event: StripeEvent | ThinEvent): event is ThinEvent => event.object === 'v2.core.event'

/** The ids that the dashboard's test events share: each of them is welcome, none is remembered. */
export const isDashboardTest = (event: StripeEvent): boolean => /^evt_0+$/.test(event.id)
