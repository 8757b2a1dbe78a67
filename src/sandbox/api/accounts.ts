import type Stripe from 'stripe'
import { Accounts, connect } from '../engine/connect.ts'
import { emit } from '../engine/events.ts'
import { masked } from '../engine/keys.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import {
  anything,
  clearable,
  expand,
  flag,
  form,
  one,
  paging,
  type Rule,
  range,
  readParams,
  type Table,
  text,
} from '../engine/params.ts'
import { forbidden, invalid } from '../engine/refusal.ts'
import { type Call, listing, operation, type Resource } from '../engine/resource.ts'
import type { Context } from '../engine/world.ts'
import { selfAccount } from './account.ts'
import { describeBusiness, newAccount, place, request, type Standing } from './connected_account.ts'

type CreateParams = Stripe.AccountCreateParams
type Capabilities = NonNullable<CreateParams['capabilities']>

const requested = form<{ requested?: boolean }>({ requested: flag })

// The product asks for these two; the sandbox knows no others and says so.
const capabilities: Rule<Capabilities> = {
  read: (value, name) =>
    readParams<Pick<Capabilities, 'card_payments' | 'transfers'>>(
      { card_payments: requested, transfers: requested },
      value as Record<string, unknown>,
      name,
    ),
}

const businessProfile = form<Stripe.AccountCreateParams.BusinessProfile>({
  annual_revenue: anything,
  estimated_worker_count: anything,
  mcc: text(4),
  minority_owned_business_designation: anything,
  monthly_estimated_revenue: anything,
  name: text(),
  product_description: text(),
  specified_commercial_transactions_act_url: clearable(text()),
  support_address: anything,
  support_email: text(),
  support_phone: text(),
  support_url: clearable(text()),
  url: text(),
})

const updatable: Table<Stripe.AccountUpdateParams> = {
  account_token: anything,
  business_profile: businessProfile,
  business_type: one('company', 'government_entity', 'individual', 'non_profit'),
  capabilities,
  company: anything,
  default_currency: text(3),
  documents: anything,
  email: text(),
  expand,
  external_account: anything,
  groups: anything,
  individual: anything,
  metadata,
  settings: anything,
  tos_acceptance: anything,
}

/** Connected accounts: what a platform makes for each of its vendors. Express only. */
export const accounts: Resource = {
  operations: [
    operation<CreateParams>({
      method: 'POST',
      path: '/v1/accounts',
      needs: 'connected_account.write',
      params: {
        ...updatable,
        external_account: anything,
        country: text(2),
        type: one('custom', 'express', 'standard'),
        controller: form<Stripe.AccountCreateParams.Controller>({
          fees: anything,
          losses: anything,
          requirement_collection: one('application', 'stripe'),
          stripe_dashboard: anything,
        }),
      },
      run(call) {
        const { params, world, books } = call
        if (params.type && params.controller) {
          throw invalid('You may not provide both the `type` and the `controller` parameter.', {
            param: 'type',
          })
        }
        if (params.type && params.type !== 'express') {
          throw invalid('The sandbox makes Express accounts only.', { param: 'type' })
        }
        const account = newAccount(params, 'US')
        account.metadata = mergeMetadata(null, params.metadata)
        connect(world, books, account)
        return account
      },
    }),
    operation<{ expand?: string[] }>({
      method: 'GET',
      path: '/v1/accounts/:id',
      needs: 'connected_account.read',
      params: { expand },
      run: call =>
        call.path.id === call.books.account ? selfAccount(call) : ownAccount(call, call.path.id!),
    }),
    operation<Stripe.AccountUpdateParams>({
      method: 'POST',
      path: '/v1/accounts/:id',
      needs: 'connected_account.write',
      params: updatable,
      run(call) {
        const { params } = call
        const account = ownAccount(call, call.path.id!)
        changeAccount(call, account, () => {
          if (params.email) account.email = params.email
          if (params.business_type) account.business_type = params.business_type
          if (params.default_currency) account.default_currency = params.default_currency
          describeBusiness(account, params.business_profile)
          request(account, params.capabilities)
          account.metadata = mergeMetadata(account.metadata ?? null, params.metadata ?? {})
        })
        return account
      },
    }),
    operation<unknown>({
      method: 'DELETE',
      path: '/v1/accounts/:id',
      needs: 'connected_account.write',
      params: {},
      run(call) {
        const account = ownAccount(call, call.path.id!)
        call.books.of(Accounts).remove(account.id)
        call.world.of(account.id, call.books.livemode).platform = undefined
        return { id: account.id, object: 'account', deleted: true }
      },
    }),
    listing<Stripe.AccountListParams, Stripe.Account>(Accounts, 'connected_account.read', {
      ...paging,
      created: range,
      expand,
    }),
  ],
}

/** The platform's connected account, or Stripe's 403 for any other id. */
export function ownAccount(call: Call<unknown>, id: string): Stripe.Account {
  const account = call.books.of(Accounts).find(id)
  if (account) return account
  throw forbidden(
    `The provided key '${masked(call.key.text)}' does not have access to account '${id}' (or that account does ` +
      'not exist). Application access may have been revoked.',
    { code: 'account_invalid' },
  )
}

/** Changes a connected account and tells its platform by account.updated, if anything changed. */
export function changeAccount(context: Context, account: Stripe.Account, change: () => void): void {
  const before = { ...account }
  change()
  if (JSON.stringify(before) === JSON.stringify(account)) return
  const books = context.world.of(account.id, context.books.livemode)
  emit({ ...context, books }, 'account.updated', account, before)
}

/** Brings an account to a standing and tells its platform. */
export const moveAccount = (context: Context, account: Stripe.Account, standing: Standing): void =>
  changeAccount(context, account, () => place(account, standing))
