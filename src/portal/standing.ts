import type { VendorStatus } from '../marketplace/schemas.ts'
import { type Standing, standingOf } from '../marketplace/status.ts'

const WORDS: Record<Standing, { tone: string; text: string; more: string }> = {
  new: {
    tone: 'warn',
    text: 'Not started',
    more: 'Stripe cannot pay this vendor yet. Send it the link to its onboarding.',
  },
  unfinished: {
    tone: 'warn',
    text: 'Not finished',
    more: 'The vendor has begun. Stripe does not know everything yet.',
  },
  review: {
    tone: 'note',
    text: 'In review',
    more: 'Stripe is checking what the vendor sent. That can take a few days.',
  },
  restricted: {
    tone: 'warn',
    text: 'Stripe needs more',
    more: 'Something is missing before Stripe can pay this vendor.',
  },
  connected: {
    tone: 'good',
    text: 'Connected',
    more: 'Charges and payouts are enabled: its share of each sale is paid by Stripe.',
  },
}

/** How a vendor stands, in words. */
export const standingWords = (status: VendorStatus) => ({
  name: standingOf(status),
  ...WORDS[standingOf(status)],
})
