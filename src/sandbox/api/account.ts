import type Stripe from 'stripe'
import { Accounts } from '../engine/connect.ts'
import { expand } from '../engine/params.ts'
import { operation, type Resource } from '../engine/resource.ts'
import type { Context } from '../engine/world.ts'

/** The account that a key belongs to: `GET /v1/account`. */
export const account: Resource = {
  operations: [
    operation<Stripe.AccountRetrieveCurrentParams>({
      method: 'GET',
      path: '/v1/account',
      needs: 'account.read',
      params: { expand },
      run: selfAccount,
    }),
  ],
}

/** A connected account as its platform made it; any other has finished its onboarding long ago. */
export function selfAccount({ world, books }: Context): Stripe.Account {
  const platform = books.platform ? world.of(books.platform, books.livemode) : undefined
  return platform?.of(Accounts).find(books.account) ?? establishedAccount(books.account)
}

function establishedAccount(id: string): Stripe.Account {
  const name = id.slice('acct_1'.length).replace(/0+$/, '') || 'Sandbox'
  return {
    id,
    object: 'account',
    business_profile: {
      mcc: '5734',
      minority_owned_business_designation: [],
      name,
      product_description: null,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: `support@${name.toLowerCase()}.example`,
      support_phone: null,
      support_url: null,
      url: `https://${name.toLowerCase()}.example`,
    },
    business_type: 'company',
    capabilities: {
      card_payments: 'active',
      sepa_debit_payments: 'active',
      transfers: 'active',
      us_bank_account_ach_payments: 'active',
    },
    charges_enabled: true,
    controller: { type: 'account' },
    country: 'US',
    created: 1_700_000_000,
    default_currency: 'usd',
    details_submitted: true,
    email: `owner@${name.toLowerCase()}.example`,
    payouts_enabled: true,
    settings: {
      branding: { icon: null, logo: null, primary_color: '#1f6feb', secondary_color: null },
      card_payments: {
        decline_on: { avs_failure: false, cvc_failure: false },
        statement_descriptor_prefix: name.slice(0, 10).toUpperCase(),
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      dashboard: { display_name: name, timezone: 'Etc/UTC' },
      payments: {
        statement_descriptor: name.slice(0, 22).toUpperCase(),
        statement_descriptor_kana: null,
        statement_descriptor_kanji: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      payouts: {
        debit_negative_balances: true,
        schedule: { delay_days: 2, interval: 'daily' },
        statement_descriptor: null,
      },
    },
    type: 'standard',
  }
}
