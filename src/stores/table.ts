import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { Mode } from '../lib/mode.ts'

/** The languages in which we write to owners. */
type OwnerLocale = 'en' | 'de'

/** Who works out a store's taxes: nobody, its own rates, or Stripe Tax. */
export type Taxes = 'none' | 'rates' | 'stripe'

export type StoresTable = {
  id: string
  partner_id: string
  name: string
  currency: string
  mode: Generated<Mode>
  owner_email: string
  origins: string[]
  logo_url: string | null
  color: string | null
  /** Where shoppers find help. */
  support_email: string | null
  support_url: string | null
  /** The owner is mailed each paid order. */
  order_mail: Generated<boolean>
  owner_locale: Generated<OwnerLocale>
  /** What the store keeps of what its vendors sell, in basis points. */
  commission_bps: Generated<number>
  taxes: Generated<Taxes>
  /** For Stripe Tax: prices contain it. */
  tax_inclusive: Generated<boolean>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type ConnectLinksTable = {
  store_id: string
  id: string
  digest: Buffer
  return_url: string | null
  created_at: Generated<Date>
  expires_at: Date
  spent_at: Date | null
}

/** What a key may do, as Stripe showed us when it was saved or last asked. */
export type Permission =
  | 'payment_intents'
  | 'refunds'
  | 'webhook_endpoints'
  | 'disputes'
  | 'checkout'
  | 'connect'
  | 'tax'

/** `tax` is only known of a key that was asked about Stripe Tax. */
export type Granted = Record<Exclude<Permission, 'tax'>, boolean> & { tax?: boolean }

export type ConnectionsTable = {
  store_id: string
  id: string
  mode: Mode
  version: number
  account_id: string
  account_name: string | null
  publishable_key: string
  key_kind: 'secret' | 'restricted'
  secret_key_box: string
  permissions: JSONColumnType<Granted>
  state: 'active' | 'invalid' | 'replaced' | 'disconnected'
  /** Its registered endpoint is told of everything that happens in the account. */
  all_events: Generated<boolean>
  checked_at: Generated<Date>
  failures: Generated<number>
  resting_until: Date | null
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type EndpointsTable = {
  store_id: string
  id: string
  connection_id: string
  mode: Mode
  origin: 'registered' | 'pasted'
  token_digest: Buffer | null
  stripe_endpoint_id: string | null
  api_version: string | null
  secret_box: string
  /** It hears of connected accounts, and of nothing else. */
  connect: Generated<boolean>
  created_at: Generated<Date>
  armed_at: Generated<Date>
  proven_at: Date | null
  last_event_at: Date | null
  retired_at: Date | null
}

export type Store = Selectable<StoresTable>
export type Connection = Selectable<ConnectionsTable>
export type Endpoint = Selectable<EndpointsTable>
