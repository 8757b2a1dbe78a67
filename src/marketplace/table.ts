import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { Mode } from '../lib/mode.ts'
import type { Way } from '../orders/route.ts'

type BusinessType = 'individual' | 'company' | 'non_profit' | 'government_entity'

export type VendorsTable = {
  store_id: string
  id: string
  name: string
  email: string
  country: string
  business_type: BusinessType | null
  /** In basis points; null: the store's. */
  commission_bps: number | null
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

/** What Stripe still wants to know of an account, in its own words. */
type Requirements = {
  currently_due: string[]
  past_due: string[]
  pending_verification: string[]
  disabled_reason: string | null
}

export type VendorAccountsTable = {
  store_id: string
  id: string
  vendor_id: string
  mode: Mode
  /** The store's own account, under which it was made. */
  platform_id: string
  account_id: string | null
  asked_at: Date | null
  charges_enabled: Generated<boolean>
  payouts_enabled: Generated<boolean>
  details_submitted: Generated<boolean>
  requirements: JSONColumnType<Partial<Requirements>>
  found_at: Date | null
  check_at: Generated<Date>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type VendorLinksTable = {
  store_id: string
  id: string
  digest: Buffer
  vendor_id: string
  return_url: string | null
  created_at: Generated<Date>
  expires_at: Date
}

/** What one vendor gets of one order. Minor units. */
export type SharesTable = {
  store_id: string
  id: string
  order_id: string
  vendor_id: string
  mode: Mode
  currency: string
  gross: number
  commission_bps: number
  commission: number
  amount: number
  way: Way
  account_id: string | null
  transfer: string | null
  fee: string | null
  fee_amount: Generated<number>
  asked_at: Date | null
  settled_amount: Generated<number>
  settled_at: Date | null
  note: string | null
  failure: string | null
  paid_at: Date
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

/** What one vendor, and the commission on its share, give back of one refund. Minor units. */
export type ShareRefundsTable = {
  store_id: string
  id: string
  share_id: string
  refund_id: string
  amount: number
  commission: number
  reverse: Generated<number>
  return_fee: Generated<number>
  state: Generated<'pending' | 'made' | 'undone'>
  reversed: Generated<number>
  reversal: string | null
  fee_refund: string | null
  failure: string | null
  refunded_at: Date
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type Vendor = Selectable<VendorsTable>
export type VendorAccount = Selectable<VendorAccountsTable>
export type Share = Selectable<SharesTable>
export type ShareRefund = Selectable<ShareRefundsTable>
