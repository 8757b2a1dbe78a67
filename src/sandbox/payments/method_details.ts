import type Stripe from 'stripe'
import { invalid } from '../engine/refusal.ts'
import { checkCard } from './card_check.ts'
import { cardNames, type Scenario, testBankAccounts } from './cards.ts'

/** What a shopper typed, as `payment_method_data` and `POST /v1/payment_methods` bring it. */
export interface MethodData {
  type: string
  billing_details?: {
    address?: Stripe.AddressParam | ''
    email?: string
    name?: string
    phone?: string
    tax_id?: string
  }
  card?: { number?: string; cvc?: string; exp_month?: number; exp_year?: number; token?: string }
  us_bank_account?: {
    account_number?: string
    routing_number?: string
    account_holder_type?: string
    account_type?: string
  }
  sepa_debit?: { iban: string }
  metadata?: Stripe.Metadata | ''
  allow_redisplay?: string
}

/** Methods that leave for a bank's or a wallet's own page; here all of them lead to the sandbox's. */
export const redirecting = [
  'alipay',
  'amazon_pay',
  'bancontact',
  'cashapp',
  'eps',
  'ideal',
  'klarna',
  'p24',
  'paypal',
]

/** An address with every part, the missing ones null. */
export const fullAddress = (address: Stripe.AddressParam | '' | undefined): Stripe.Address => {
  const { city, country, line1, line2, postal_code, state } = address || {}
  return {
    city: city || null,
    country: country || null,
    line1: line1 || null,
    line2: line2 || null,
    postal_code: postal_code || null,
    state: state || null,
  }
}

interface Made {
  details: Pick<Stripe.PaymentMethod, 'card' | 'us_bank_account' | 'sepa_debit'>
  scenario: Scenario
}

/** The details of a payment method and how it will behave, from what was typed. */
export function detailsOf(data: MethodData): Made {
  if (data.type === 'card') return cardOf(data)
  if (data.type === 'us_bank_account') return usBankAccountOf(data)
  if (data.type === 'sepa_debit') return sepaDebitOf(data)
  if (data.type === 'link')
    return { details: { link: { email: data.billing_details?.email ?? null } } as object, scenario: {} }
  if (redirecting.includes(data.type)) {
    return { details: { [data.type]: {} }, scenario: { authentication: true } }
  }
  throw invalid(`Invalid payment method type: ${data.type} is not among those the sandbox knows`, {
    param: 'type',
  })
}

function cardOf({ card, billing_details }: MethodData): Made {
  if (!card) throw missingDetails('card')
  const number = card.token ? cardNames[card.token.replace(/^tok_/, '')] : card.number?.replace(/[ -]/g, '')
  if (!number) {
    if (card.token)
      throw invalid(`No such token: '${card.token}'`, { code: 'resource_missing', param: 'card[token]' })
    throw invalid('Missing required param: card[number].', {
      code: 'parameter_missing',
      param: 'card[number]',
    })
  }
  const { exp_month = 12, exp_year = new Date().getFullYear() + 1 } = card
  const known = checkCard(number, exp_month, exp_year < 100 ? exp_year + 2000 : exp_year, card.cvc)
  const address = fullAddress(billing_details?.address)
  const checked = card.cvc !== undefined || card.token !== undefined
  return {
    details: {
      card: {
        brand: known.brand,
        checks: {
          address_line1_check: address.line1 ? 'pass' : null,
          address_postal_code_check: address.postal_code ? 'pass' : null,
          cvc_check: checked ? (known.decline?.code === 'incorrect_cvc' ? 'fail' : 'pass') : null,
        },
        country: known.country ?? 'US',
        display_brand: known.brand,
        exp_month,
        exp_year: exp_year < 100 ? exp_year + 2000 : exp_year,
        fingerprint: fingerprint(number),
        funding: known.funding ?? 'credit',
        generated_from: null,
        last4: number.slice(-4),
        networks: { available: [known.brand], preferred: null },
        regulated_status: 'unregulated',
        three_d_secure_usage: { supported: true },
        wallet: null,
      },
    },
    scenario: known,
  }
}

function usBankAccountOf({ us_bank_account: account }: MethodData): Made {
  const number = account?.account_number
  if (!number) throw missingDetails('us_bank_account')
  return {
    details: {
      us_bank_account: {
        account_holder_type: account.account_holder_type ?? 'individual',
        account_type: account.account_type ?? 'checking',
        bank_name: 'STRIPE TEST BANK',
        financial_connections_account: null,
        fingerprint: fingerprint(number),
        last4: number.slice(-4),
        networks: { preferred: 'ach', supported: ['ach'] },
        routing_number: account.routing_number ?? '110000000',
        status_details: {},
      },
    },
    scenario: testBankAccounts[number] ?? { delayed: 'succeeds' },
  }
}

function sepaDebitOf({ sepa_debit }: MethodData): Made {
  const iban = sepa_debit?.iban.replace(/\s/g, '').toUpperCase()
  if (!iban) throw missingDetails('sepa_debit')
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) {
    throw invalid('The IBAN you provided is invalid.', { code: 'invalid_number', param: 'sepa_debit[iban]' })
  }
  return {
    details: {
      sepa_debit: {
        bank_code: iban.slice(4, 9),
        branch_code: '',
        country: iban.slice(0, 2),
        fingerprint: fingerprint(iban),
        generated_from: { charge: null, setup_attempt: null },
        last4: iban.slice(-4),
      },
    },
    scenario: testBankAccounts[iban] ?? { delayed: 'succeeds' },
  }
}

const missingDetails = (type: string) =>
  invalid(`Missing required param: ${type}.`, { code: 'parameter_missing', param: type })

/** The same number has the same fingerprint, as at Stripe, without showing it. */
function fingerprint(number: string): string {
  let hash = 0n
  for (const char of number) hash = (hash * 1_000_003n + BigInt(char.charCodeAt(0))) % 2n ** 80n
  return hash.toString(36).padStart(16, 'X').slice(0, 16)
}
