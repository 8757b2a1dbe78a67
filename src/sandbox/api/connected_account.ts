import type Stripe from 'stripe'
import { newId, now } from '../engine/ids.ts'

type CapabilityName = 'card_payments' | 'transfers'
/** How far an account has come: what its owner told Stripe, and what Stripe made of it. */
export type Standing = 'unfinished' | 'in_review' | 'enabled' | 'restricted'

const currencies: Record<string, string> = {
  AU: 'aud',
  CA: 'cad',
  CH: 'chf',
  DK: 'dkk',
  GB: 'gbp',
  JP: 'jpy',
  NO: 'nok',
  PL: 'pln',
  SE: 'sek',
  US: 'usd',
}
const asked = [
  'business_type',
  'external_account',
  'individual.dob',
  'individual.first_name',
  'individual.last_name',
  'tos_acceptance.date',
]
const nothingDue = {
  alternatives: [],
  current_deadline: null,
  currently_due: [],
  disabled_reason: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
} satisfies Stripe.Account.Requirements

/** A new connected account with an Express dashboard: nothing told, nothing enabled. */
export function newAccount(params: Stripe.AccountCreateParams, platformCountry: string): Stripe.Account {
  const country = params.country ?? platformCountry
  const id = newId('acct_1', 15)
  const account: Stripe.Account = {
    id,
    object: 'account',
    business_profile: { ...emptyProfile, ...stated(params.business_profile) },
    business_type: params.business_type ?? null,
    capabilities: {},
    charges_enabled: false,
    controller: {
      fees: { payer: 'application_express' },
      is_controller: true,
      losses: { payments: 'application' },
      requirement_collection: 'stripe',
      stripe_dashboard: { type: 'express' },
      type: 'application',
    },
    country,
    created: now(),
    default_currency: params.default_currency ?? currencies[country] ?? 'eur',
    details_submitted: false,
    email: params.email ?? null,
    external_accounts: {
      object: 'list',
      data: [],
      has_more: false,
      url: `/v1/accounts/${id}/external_accounts`,
    },
    future_requirements: { ...nothingDue },
    metadata: {},
    payouts_enabled: false,
    requirements: { ...nothingDue },
    settings: emptySettings,
    tos_acceptance: { date: null, ip: null, user_agent: null },
    type: 'express',
  }
  request(account, params.capabilities)
  place(account, 'unfinished')
  return account
}

/** Asks for capabilities, or gives them up. They become active with the rest of the account. */
export function request(
  account: Stripe.Account,
  wanted: Stripe.AccountCreateParams['capabilities'] = {},
): void {
  const capabilities = { ...account.capabilities }
  for (const name of ['card_payments', 'transfers'] as const) {
    if (wanted[name]?.requested === false) delete capabilities[name]
    else if (wanted[name]?.requested) capabilities[name] ??= account.payouts_enabled ? 'active' : 'inactive'
  }
  account.capabilities = capabilities
  account.charges_enabled = capabilities.card_payments === 'active'
}

/** Puts an account where its owner or Stripe has brought it; everything that shows it follows. */
export function place(account: Stripe.Account, standing: Standing): void {
  const active = standing === 'enabled'
  const state = active ? 'active' : standing === 'in_review' ? 'pending' : 'inactive'
  const capabilities: Stripe.Account['capabilities'] = {}
  for (const name in account.capabilities) capabilities[name as CapabilityName] = state
  account.capabilities = capabilities
  account.details_submitted = standing !== 'unfinished'
  account.payouts_enabled = active
  account.charges_enabled = capabilities.card_payments === 'active'
  account.requirements = { ...nothingDue, ...due[standing] }
  if (account.details_submitted) account.tos_acceptance = { ...account.tos_acceptance, date: now() }
}

const due: Record<Standing, Partial<Stripe.Account.Requirements>> = {
  enabled: {},
  unfinished: {
    currently_due: asked,
    eventually_due: asked,
    past_due: asked,
    disabled_reason: 'requirements.past_due',
  },
  in_review: {
    pending_verification: ['individual.verification.document'],
    disabled_reason: 'requirements.pending_verification',
  },
  restricted: {
    currently_due: ['individual.verification.document'],
    eventually_due: ['individual.verification.document'],
    past_due: ['individual.verification.document'],
    disabled_reason: 'requirements.past_due',
  },
}

/** Where an account stands, read from what the API shows of it. */
export function standingOf(account: Stripe.Account): Standing {
  if (!account.details_submitted) return 'unfinished'
  if (account.payouts_enabled) return 'enabled'
  return account.requirements?.pending_verification?.length ? 'in_review' : 'restricted'
}

/** Adds what was said of the business to what was known. */
export function describeBusiness(
  account: Stripe.Account,
  profile: Stripe.AccountCreateParams.BusinessProfile | undefined,
): void {
  account.business_profile = { ...emptyProfile, ...account.business_profile, ...stated(profile) }
}

function stated(profile: Stripe.AccountCreateParams.BusinessProfile | undefined) {
  const { mcc, name, product_description, support_email, support_phone, support_url, url } = profile ?? {}
  const given = { mcc, name, product_description, support_email, support_phone, support_url, url }
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, value || null]),
  )
}

const emptyProfile: Stripe.Account.BusinessProfile = {
  mcc: null,
  minority_owned_business_designation: null,
  name: null,
  product_description: null,
  specified_commercial_transactions_act_url: null,
  support_address: null,
  support_email: null,
  support_phone: null,
  support_url: null,
  url: null,
}

const emptySettings: Stripe.Account.Settings = {
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_payments: {
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: null, timezone: 'Etc/UTC' },
  payments: {
    statement_descriptor: null,
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  payouts: {
    debit_negative_balances: false,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  },
}
