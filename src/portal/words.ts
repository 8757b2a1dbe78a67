import type { OrderStatus, Source } from '../orders/table.ts'

type Tone = 'good' | 'warn' | 'bad' | 'note'

/** Every status a word and a colour, never a colour alone. */
export const STATUS: Record<OrderStatus, { text: string; tone: Tone }> = {
  pending: { text: 'Pending', tone: 'note' },
  processing: { text: 'Processing', tone: 'note' },
  failed: { text: 'Failed', tone: 'warn' },
  paid: { text: 'Paid', tone: 'good' },
  partially_refunded: { text: 'Partly refunded', tone: 'note' },
  refunded: { text: 'Refunded', tone: 'note' },
  cancelled: { text: 'Cancelled', tone: 'note' },
  expired: { text: 'Expired', tone: 'note' },
}

/** Who found out. */
export const SOURCE: Record<Source, string> = {
  webhook: 'reported by Stripe (webhook)',
  return: 'looked up when the shopper came back',
  sweeper: 'looked up by the regular check',
  recovery: "found in Stripe's list of events",
  shopper: 'by the shopper',
  partner: 'by the platform',
  owner: 'by the owner',
}
