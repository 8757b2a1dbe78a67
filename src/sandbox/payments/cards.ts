import type { ErrorBody } from '../engine/refusal.ts'

/** Why a bank says no: Stripe's code, the bank's own, and the words for the shopper. */
export interface Decline {
  code: NonNullable<ErrorBody['code']>
  decline_code?: string
  message: string
  param?: string
}

/** How a test payment method behaves. https://docs.stripe.com/testing */
export interface Scenario {
  decline?: Decline
  /** The shopper has to confirm at the bank: 3-D Secure, or the bank's own page. */
  authentication?: boolean
  /** Paid at first, then disputed for this reason; a warning does not take the money. */
  dispute?: 'fraudulent' | 'product_not_received' | 'inquiry'
  /** A refund stays pending for a moment, or is said to have worked and fails afterwards. */
  refund?: 'pending' | 'fails'
  /** Not decided at once: the payment stays in `processing` first, or for good until the console ends it. */
  delayed?: 'succeeds' | 'fails' | 'waits'
  elevatedRisk?: boolean
  available?: boolean
}

export interface TestCard extends Scenario {
  brand: string
  funding?: 'credit' | 'debit' | 'prepaid'
  country?: string
}

const generic = 'Your card was declined.'
const decline = (
  code: Decline['code'],
  decline_code: string | undefined,
  message: string,
  param?: string,
): TestCard => ({
  brand: 'visa',
  decline: { code, message, ...(decline_code ? { decline_code } : {}), ...(param ? { param } : {}) },
})
const insufficient = decline('card_declined', 'insufficient_funds', 'Your card has insufficient funds.')

/** The published test cards by number. */
export const testCards: Record<string, TestCard> = {
  '4242424242424242': { brand: 'visa' },
  '4000056655665556': { brand: 'visa', funding: 'debit' },
  '5555555555554444': { brand: 'mastercard' },
  '2223003122003222': { brand: 'mastercard' },
  '5200828282828210': { brand: 'mastercard', funding: 'debit' },
  '5105105105105100': { brand: 'mastercard', funding: 'prepaid' },
  '378282246310005': { brand: 'amex' },
  '371449635398431': { brand: 'amex' },
  '6011111111111117': { brand: 'discover' },
  '6011000990139424': { brand: 'discover' },
  '3056930009020004': { brand: 'diners' },
  '36227206271667': { brand: 'diners' },
  '3566002020360505': { brand: 'jcb', country: 'JP' },
  '6200000000000005': { brand: 'unionpay', country: 'CN' },
  '4000000760000002': { brand: 'visa', country: 'BR' },
  '4000001240000000': { brand: 'visa', country: 'CA' },
  '4000002760000016': { brand: 'visa', country: 'DE' },
  '4000002500000003': { brand: 'visa', country: 'FR' },
  '4000008260000000': { brand: 'visa', country: 'GB' },

  '4000000000000002': decline('card_declined', 'generic_decline', generic),
  '4000000000009995': insufficient,
  '4000000000009987': decline('card_declined', 'lost_card', generic),
  '4000000000009979': decline('card_declined', 'stolen_card', generic),
  '4000000000000069': decline('expired_card', undefined, 'Your card has expired.', 'exp_month'),
  '4000000000000127': decline('incorrect_cvc', undefined, "Your card's security code is incorrect.", 'cvc'),
  '4000000000000119': decline(
    'processing_error',
    undefined,
    'An error occurred while processing your card. Try again in a little bit.',
  ),
  '4000000000006975': decline('card_declined', 'card_velocity_exceeded', generic),
  '4000000000000341': decline('card_declined', 'generic_decline', generic),
  '4100000000000019': decline('card_declined', 'fraudulent', generic),
  '4000000000004954': { brand: 'visa', elevatedRisk: true },
  '4000000000009235': { brand: 'visa', elevatedRisk: true },

  '4000002500003155': { brand: 'visa', country: 'FR', authentication: true },
  '4000002760003184': { brand: 'visa', country: 'DE', authentication: true },
  '4000000000003220': { brand: 'visa', authentication: true },
  '4000000000003063': { brand: 'visa', authentication: true },
  '4000000000003055': { brand: 'visa' },
  '4000008400001629': { ...decline('card_declined', 'generic_decline', generic), authentication: true },
  '4000008260003178': { ...insufficient, country: 'GB', authentication: true },

  '4000000000000259': { brand: 'visa', dispute: 'fraudulent' },
  '4000000000002685': { brand: 'visa', dispute: 'product_not_received' },
  '4000000000001976': { brand: 'visa', dispute: 'inquiry' },
  '4000000000007726': { brand: 'visa', refund: 'pending' },
  '4000000000005126': { brand: 'visa', refund: 'fails' },
  '4000000000000077': { brand: 'visa', available: true },
  '4000003720000278': { brand: 'visa', available: true },
}

/** What may be named instead of a card number: `pm_card_visa`, and `tok_visa` for old callers. */
export const cardNames: Record<string, string> = {
  visa: '4242424242424242',
  visa_debit: '4000056655665556',
  mastercard: '5555555555554444',
  mastercard_debit: '5200828282828210',
  mastercard_prepaid: '5105105105105100',
  amex: '378282246310005',
  discover: '6011111111111117',
  diners: '3056930009020004',
  jcb: '3566002020360505',
  unionpay: '6200000000000005',
  br: '4000000760000002',
  ca: '4000001240000000',
  de: '4000002760000016',
  fr: '4000002500000003',
  gb: '4000008260000000',
  chargeDeclined: '4000000000000002',
  chargeDeclinedInsufficientFunds: '4000000000009995',
  chargeDeclinedLostCard: '4000000000009987',
  chargeDeclinedStolenCard: '4000000000009979',
  chargeDeclinedExpiredCard: '4000000000000069',
  chargeDeclinedIncorrectCvc: '4000000000000127',
  chargeDeclinedProcessingError: '4000000000000119',
  chargeDeclinedVelocityLimitExceeded: '4000000000006975',
  chargeDeclinedFraudulent: '4100000000000019',
  chargeCustomerFail: '4000000000000341',
  authenticationRequired: '4000002760003184',
  authenticationRequiredOnSetup: '4000002500003155',
  authenticationRequiredChargeDeclinedInsufficientFunds: '4000008260003178',
  threeDSecure2Required: '4000000000003220',
  threeDSecureRequired: '4000000000003063',
  threeDSecureOptional: '4000000000003055',
  threeDSecureRequiredChargeDeclined: '4000008400001629',
  createDispute: '4000000000000259',
  createDisputeProductNotReceived: '4000000000002685',
  createDisputeInquiry: '4000000000001976',
  pendingRefund: '4000000000007726',
  refundFail: '4000000000005126',
  bypassPending: '4000000000000077',
  riskLevelElevated: '4000000000009235',
}
// Stripe takes a brand in front of the names of what goes wrong, too.
for (const name of Object.keys(cardNames)) {
  if (name.startsWith('chargeDeclined')) cardNames[`visa_${name}`] = cardNames[name]!
}

/** Test account numbers of bank debits: they stay in `processing` before they are decided. */
const returned = (code: Decline['code'], message: string): Scenario => ({
  delayed: 'fails',
  decline: { code, message },
})
const closed = returned('account_closed', "The customer's bank account has been closed.")
const noFunds = returned(
  'insufficient_funds',
  "The customer's account has insufficient funds to cover this payment.",
)
export const testBankAccounts: Record<string, Scenario> = {
  '000123456789': { delayed: 'succeeds' },
  '000111111116': closed,
  '000111111113': closed,
  '000222222227': noFunds,
  '000333333335': returned(
    'debit_not_authorized',
    'The customer has notified their bank that this was unauthorized.',
  ),
  '000000000009': { delayed: 'waits' },
  AT611904300234573201: { delayed: 'succeeds' },
  AT321904300235473204: { delayed: 'waits' },
  AT861904300235473202: returned('bank_account_declined', 'The bank declined the debit.'),
  DE89370400440532013000: { delayed: 'succeeds' },
  DE08370400440532013003: { delayed: 'waits' },
  DE62370400440532013001: returned('bank_account_declined', 'The bank declined the debit.'),
}
