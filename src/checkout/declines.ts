import type { MessageKey, Translate } from '../lib/messages.ts'
import type { Session } from '../orders/session.ts'

// Stripe's words for a declined payment are for developers; shoppers get ours, by Stripe's decline code or error
// code (https://docs.stripe.com/declines/codes). A lost or stolen card gets the general text: its holder may not be
// the one who reads it.
const CODES = {
  funds: ['insufficient_funds'],
  limit: ['card_velocity_exceeded', 'withdrawal_count_limit_exceeded', 'amount_too_large'],
  expired: ['expired_card'],
  expiry: ['invalid_expiry_month', 'invalid_expiry_year'],
  cvc: ['incorrect_cvc', 'invalid_cvc'],
  number: ['incorrect_number', 'invalid_number', 'invalid_account'],
  postcode: ['incorrect_zip'],
  authentication: ['authentication_required', 'payment_intent_authentication_failure'],
  processing: ['processing_error', 'issuer_not_available', 'reenter_transaction', 'try_again_later'],
  unsupported: ['card_not_supported', 'currency_not_supported', 'not_permitted', 'transaction_not_allowed'],
  test_card: ['test_mode_live_card'],
  live_card: ['live_mode_test_card'],
  generic: ['card_declined', 'generic_decline'],
}

const KEYS = new Map<string, MessageKey>(
  Object.entries(CODES).flatMap(([reason, codes]) =>
    codes.map(code => [code, `decline.${reason as keyof typeof CODES}`] as const),
  ),
)

const texts = new Map<Translate, Record<string, string>>()

/** What a shopper reads for each of Stripe's codes: the same for everybody who speaks the language. */
export function declineTexts(t: Translate): Record<string, string> {
  const known = texts.get(t)
  if (known) return known
  const made = Object.fromEntries([...KEYS].map(([code, key]) => [code, t(key)]))
  texts.set(t, made)
  return made
}

/** Why the last attempt failed, in the shopper's words. */
export function declineWords({ code, decline_code }: NonNullable<Session['failure']>, t: Translate): string {
  return t(KEYS.get(decline_code ?? '') ?? KEYS.get(code ?? '') ?? 'pay.problem.unclear')
}
