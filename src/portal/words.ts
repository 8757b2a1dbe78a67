import type { LetterKind } from '../mail/table.ts'
import type { OrderStatus, Source } from '../orders/table.ts'
import type { Refusal } from '../webhooks/refusals.ts'

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

/** Why a delivery was refused. */
export const REFUSAL: Record<Refusal, string> = {
  header: 'It carried no readable signature.',
  time: 'It was signed more than five minutes ago, or ahead of time.',
  body: 'It was signed, but is not an event.',
  secret: 'None of the saved signing secrets made its signature.',
}

/** And what helps. */
export const REFUSAL_CURE: Record<Refusal, string> = {
  header:
    'Something between Stripe and Owntill removes the header “Stripe-Signature”, or it was not Stripe who called.',
  time: 'Something between Stripe and Owntill holds deliveries back, or somebody sent an old one again.',
  body: 'Something between Stripe and Owntill changes what is sent.',
  secret:
    'Copy the signing secret of the endpoint from Stripe’s dashboard and save it. Each endpoint has its own, and test and live differ.',
}

/** What a letter is, as a sentence begins with it. */
export const LETTER: Record<LetterKind, string> = {
  receipt: 'Receipt',
  refund: 'Notice of a refund',
  new_order: 'Letter about the new order',
  dispute: 'Letter about the dispute',
  account_replaced: 'Letter about another Stripe account',
  owner_replaced: 'Letter about another owner',
  key_broken: 'Letter about the rejected key',
  endpoint_disabled: 'Letter about stopped notifications',
  webhook_silent: 'Letter about missing webhooks',
}

/** A code of Stripe's or of ours, as words. */
export const words = (code: unknown): string => String(code).replaceAll('_', ' ')
