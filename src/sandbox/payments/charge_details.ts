import type Stripe from 'stripe'
import type { Scenario } from './cards.ts'

/** What the network and Stripe's risk rules made of the attempt. */
export const outcome = (scenario: Scenario): Stripe.Charge.Outcome => ({
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: scenario.elevatedRisk ? 'elevated_risk_level' : null,
  risk_level: scenario.elevatedRisk ? 'elevated' : 'normal',
  risk_score: scenario.elevatedRisk ? 65 : 20,
  seller_message: scenario.elevatedRisk
    ? 'Stripe evaluated this payment as having elevated risk.'
    : 'Payment complete.',
  type: scenario.elevatedRisk ? 'manual_review' : 'authorized',
})

/** The payment method as the charge shows it. */
export function chargedWith(
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  scenario: Scenario,
): Stripe.Charge.PaymentMethodDetails {
  const { card, us_bank_account, sepa_debit, type } = method
  if (card) return { type, card: cardDetails(intent, card, scenario) }
  if (us_bank_account) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } =
      us_bank_account
    return {
      type,
      us_bank_account: {
        account_holder_type,
        account_type,
        bank_name,
        fingerprint: fingerprint ?? null,
        last4,
        payment_reference: null,
        routing_number,
      },
    }
  }
  if (sepa_debit) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa_debit
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } }
  }
  return { type, [type]: {} }
}

const cardDetails = (
  intent: Stripe.PaymentIntent,
  card: Stripe.PaymentMethod.Card,
  scenario: Scenario,
): Stripe.Charge.PaymentMethodDetails.Card => ({
  amount_authorized: intent.amount,
  authorization_code: null,
  brand: card.brand,
  checks: card.checks,
  country: card.country,
  electronic_commerce_indicator: null,
  exp_month: card.exp_month,
  exp_year: card.exp_year,
  extended_authorization: { status: 'disabled' },
  fingerprint: card.fingerprint ?? null,
  funding: card.funding,
  incremental_authorization: { status: 'unavailable' },
  installments: null,
  last4: card.last4,
  mandate: null,
  multicapture: { status: 'unavailable' },
  network: card.brand,
  network_token: { used: false },
  network_transaction_id: '104102978678771',
  overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
  regulated_status: 'unregulated',
  three_d_secure: scenario.authentication
    ? {
        authentication_flow: 'challenge',
        electronic_commerce_indicator: '05',
        exemption_indicator: null,
        result: 'authenticated',
        result_reason: null,
        transaction_id: '0d6a2d43-5ee6-4a3c-ae2d-0b4d8e4f1b6e',
        version: '2.2.0',
      }
    : null,
  transaction_link_id: null,
  wallet: card.wallet
    ? ({ ...card.wallet, dynamic_last4: null } as Stripe.Charge.PaymentMethodDetails.Card.Wallet)
    : null,
})
