import type Stripe from 'stripe'
import { type Books, collectionAt } from './books.ts'
import { invalid } from './refusal.ts'

/** The version stripe-node is typed for. tsc fails here when the SDK moves on: look what changed, then follow. */
export const newest: Stripe.LatestApiVersion = '2026-10-28.endive'

/** What accounts speak that never chose: requests without a header, endpoints without a pinned version. */
export const accountDefault = '2024-06-20'

const pattern = /^20\d\d-\d\d-\d\d(\.[a-z]+)?$/

/** The version of a request: the header's, checked, or the account's own. */
export function versionOf(header: string | undefined): string {
  if (header === undefined) return accountDefault
  if (!pattern.test(header) || header.slice(0, 10) > newest.slice(0, 10)) {
    throw invalid(`Invalid Stripe API version: ${header}`)
  }
  return header
}

/** Versions are compared by date; the names after it mark the major ones. */
export const before = (version: string, other: string): boolean => version.slice(0, 10) < other.slice(0, 10)

type Shape = Record<string, unknown>

/** How objects looked before a version: Stripe adds a parameter or renames a field, old callers keep the old form. */
const changes: { until: string; object: string; older(shape: Shape, books: Books): Shape }[] = [
  // Basil took the invoice off payments: https://docs.stripe.com/changelog/basil
  { until: '2025-03-31', object: 'payment_intent', older: shape => ({ ...shape, invoice: null }) },
  { until: '2025-03-31', object: 'charge', older: shape => ({ ...shape, invoice: null }) },
  {
    until: '2025-03-31',
    object: 'checkout.session',
    older: shape => ({
      ...shape,
      shipping_details: (shape.collected_information as Shape | null)?.shipping_details ?? null,
    }),
  },
  // latest_charge took the place of the list, refunds are no longer shown in a charge:
  // https://docs.stripe.com/upgrades#2022-11-15
  {
    until: '2022-11-15',
    object: 'payment_intent',
    older: (shape, books) => ({ ...shape, charges: chargesOf(books, String(shape.id)) }),
  },
  {
    until: '2022-11-15',
    object: 'charge',
    older: (shape, books) => ({
      refunds: collectionAt('/v1/charges')?.includes?.refunds?.(books, shape as { id: string }),
      ...shape,
    }),
  },
]

/** The object, and those in it, as `version` shows them. The newest version gets the very same object. */
export function rendered(books: Books, value: unknown, version: string): unknown {
  if (!before(version, changes[0]!.until)) return value
  if (Array.isArray(value)) return value.map(entry => rendered(books, entry, version))
  if (!value || typeof value !== 'object') return value
  let shape = value as Shape
  if (typeof shape.object === 'string') {
    for (const change of changes) {
      if (change.object === shape.object && before(version, change.until)) shape = change.older(shape, books)
    }
  }
  const copy: Shape = {}
  for (const name in shape) {
    const part = shape[name]
    copy[name] = part && typeof part === 'object' ? rendered(books, part, version) : part
  }
  return copy
}

function chargesOf(books: Books, intent: string): Stripe.ApiList<unknown> {
  const kind = collectionAt('/v1/charges')
  const data = kind
    ? [...books.of(kind).newest()].filter(
        charge => (charge as Shape & { id: string }).payment_intent === intent,
      )
    : []
  return { object: 'list', data, has_more: false, url: `/v1/charges?payment_intent=${intent}` }
}
