import type { OrderStatus, Source } from '../orders/table.ts'

type Tone = 'good' | 'warn' | 'bad' | 'note'

/** Every status a word and a colour, never a colour alone. */
export const STATUS: Record<OrderStatus, { text: string; tone: Tone }> = {
  pending: { text: 'Waiting for payment', tone: 'note' },
  processing: { text: 'Bank is working on it', tone: 'note' },
  failed: { text: 'Declined, may try again', tone: 'warn' },
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
}
