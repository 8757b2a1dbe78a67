import type { Trouble } from '../marketplace/troubles.ts'
import { words } from './words.ts'

// Stripe takes back no more than the vendor's account holds: https://docs.stripe.com/api/transfer_reversals
const EMPTY = {
  why: 'There is too little money in the vendor’s Stripe account.',
  next: 'It is tried again each hour, and goes through once the vendor has sold something or added money. You can also agree on it with the vendor.',
}

/** Why Stripe did not do it, and what helps, by its code or the kind of failure. */
const CAUSES: Record<string, { why: string; next: string }> = {
  unreachable: {
    why: 'Stripe did not answer.',
    next: 'It is tried again each hour; there is nothing to do.',
  },
  invalid_key: {
    why: 'Stripe no longer accepts the key that took this payment.',
    next: 'Connect a key of the same Stripe account under Payments. It is tried again each hour.',
  },
  missing_permission: {
    why: 'The key that took this payment may not do it.',
    next: 'Give that key the right to write Connect resources in Stripe’s dashboard. It is tried again each hour.',
  },
  refused: refused('no reason given'),
  balance_insufficient: EMPTY,
  insufficient_funds: EMPTY,
}

function refused(code: string) {
  return {
    why: `Stripe refused it (${words(code)}).`,
    next: 'It is tried again each hour. Open the transfer in Stripe’s dashboard to see what is in its way.',
  }
}

/** What went wrong between the store and one of its vendors, as a notice: what, why, and the next step. */
export function troubleNotice({ what, failure, by_hand }: Trouble, name: string, amount: string) {
  const cause = CAUSES[failure] ?? refused(failure)
  return {
    heading:
      what === 'transfer' ? `${amount} did not reach ${name}` : `${amount} was not taken back from ${name}`,
    why: cause.why,
    next: by_hand
      ? 'Stripe cannot pay this vendor. Pay by hand, and mark it as paid under Payouts by hand.'
      : cause.next,
  }
}
