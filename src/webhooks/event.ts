import { z } from 'zod'
import { makeKeepable } from '../lib/keepable.ts'

// The envelope only: objects are read by their handlers, since endpoints send them in many API versions. What it lets
// through is used as it came, with every field: a copy of those it names is the fastest that zod can make.
const Envelope = z.object({
  id: z.string().regex(/^evt_\w{1,250}$/),
  object: z.literal('event'),
  type: z.string().min(1).max(250),
  created: z.int().min(0).max(99_999_999_999),
  livemode: z.boolean(),
  api_version: z.string().max(100).nullish(),
  account: z.string().max(250).nullish(),
  data: z.object({ object: z.object({}) }),
})

const Thin = z.object({ object: z.literal('v2.core.event') })

/** A Stripe event as it may be kept: verified by nobody yet, without client secrets. */
export type StripeEvent = z.infer<typeof Envelope> & { data: { object: Record<string, unknown> } }

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
  if (!makeKeepable(json, text.includes('\\u'))) return undefined
  if (Envelope.safeParse(json).success) return json as StripeEvent
  return Thin.safeParse(json).data
}

export const isThin = (event: StripeEvent | ThinEvent): event is ThinEvent => event.object === 'v2.core.event'

/** The ids that the dashboard's test events share: each of them is welcome, none is remembered. */
export const isDashboardTest = (event: StripeEvent): boolean => /^evt_0+$/.test(event.id)
