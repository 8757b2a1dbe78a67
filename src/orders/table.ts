import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { FrozenDiscount } from '../catalog/redemptions.ts'
import type { Mode } from '../lib/mode.ts'
import type { Tax, Totals } from '../pricing/price.ts'
import type { Split } from '../pricing/split.ts'
import type { Route } from './route.ts'
import type { TaxAnswer } from './stripe-tax.ts'

export type OrderStatus =
  | 'pending'
  | 'processing'
  | 'failed'
  | 'paid'
  | 'partially_refunded'
  | 'refunded'
  | 'cancelled'
  | 'expired'

/** A tax rate as it was when the order was made. */
export type FrozenTax = Tax & { id: string; name: string }

/** A line as it was when the order was made: later changes of the product do not reach it. Minor units. */
export type OrderLine = {
  product_id: string | null
  variant_id: string | null
  name: string
  quantity: number
  unit_amount: number
  /** Before its share of the discount, and before a tax that is added. */
  amount: number
  image_url: string | null
  tax_class: string | null
  /** For Stripe Tax; lines of before it have none. */
  tax_code?: string | null
  tax_rate: FrozenTax | null
  /** Who sells it, and the commission that was agreed on; both null for what is the store's own. */
  vendor_id: string | null
  commission_bps: number | null
  discount: number
  tax: number
}

/** An address, as far as a price depends on it. */
export type Shipped = { country: string; region: string | null; postal_code: string | null }

/** A part of what Stripe Tax worked out. `percentage` as Stripe writes it, `amount` in minor units. */
export type TaxPart = {
  country: string | null
  region: string | null
  type: string | null
  percentage: string
  amount: number
}

/** What Stripe Tax worked out, and in which account: no other one knows the calculation. */
export type WorkedOut = TaxAnswer & { account_id: string }

/** Stripe Tax, as an order is under it since it was opened. */
export type FrozenStripeTax = {
  /** Prices contain it; otherwise it is added. */
  inclusive: boolean
  /** Who pays for what is not sent anywhere. */
  billing: Shipped | null
  /** Null: it is not known yet, and nobody can pay. */
  worked_out: WorkedOut | null
  /** How often Stripe was asked; the merchant pays for each answer. */
  asked: number
}

/** Where an order goes and what that costs, as it was when the shopper chose it. */
export type FrozenShipping = Shipped & {
  /** Null when the store has no shipping rates: then it costs nothing. */
  rate_id: string | null
  name: string | null
  rate_amount: number
  free_from: number | null
  tax_rate: FrozenTax | null
}

/** Why an attempt failed: Stripe's codes, never its message. */
export type Failure = { code: string | null; decline_code: string | null }

export type OrdersTable = {
  store_id: string
  id: string
  mode: Mode
  status: Generated<OrderStatus>
  disputed: Generated<boolean>
  confirmation_code: string
  amount: number
  currency: string
  lines: JSONColumnType<OrderLine[]>
  totals: JSONColumnType<Totals>
  discount: JSONColumnType<FrozenDiscount> | null
  shipping: JSONColumnType<FrozenShipping> | null
  /** The store's own tax rates hold for it. Null: opened by the release before, which asks the store. */
  own_rates: boolean | null
  /** Null: Stripe Tax has nothing to do with it. */
  stripe_tax: JSONColumnType<FrozenStripeTax> | null
  /** Who gets what of it; null when all of it is the store's. */
  split: JSONColumnType<Split> | null
  /** When its shares are brought up to date with it (src/marketplace); null while they are. */
  share_at: Generated<Date | null>
  /** It holds stock or a discount, which its end gives back. */
  holding: Generated<boolean>
  customer_email: string | null
  locale: string | null
  reference: string | null
  metadata: JSONColumnType<Record<string, string>>
  failure: JSONColumnType<Failure> | null
  /** Given back for good, by Stripe's word; and with it what is asked for or under way. */
  amount_refunded: Generated<number>
  amount_reserved: Generated<number>
  disputes_standing: Generated<number>
  created_at: Generated<Date>
  updated_at: Generated<Date>
  paid_at: Date | null
}

/** Whose page takes the payment: ours, or Stripe's Checkout. */
export type Ui = 'hosted' | 'stripe'

export type CheckoutSessionsTable = {
  store_id: string
  id: string
  order_id: string
  token_digest: Buffer
  ui: Ui
  success_url: string | null
  cancel_url: string | null
  /** Where it may be sent; null when the session asks for no address. */
  shipping_countries: string[] | null
  expires_at: Date
  created_at: Generated<Date>
}

export type PaymentsTable = {
  store_id: string
  id: string
  order_id: string
  connection_id: string
  mode: Mode
  account_id: string
  amount: number
  currency: string
  payment_intent: string | null
  /** Stripe's page, when that is where it is paid, and when it closes. */
  stripe_session: string | null
  page_ends_at: Date | null
  /** What lets a shopper pay: a client secret, or the address of Stripe's page. */
  client_secret_box: string | null
  charge: string | null
  found_at: Date | null
  found: string | null
  closed_at: Date | null
  ask_at: Generated<Date>
  asked: Generated<number>
  refunds_ask_at: Generated<Date | null>
  route: JSONColumnType<Route> | null
  created_at: Generated<Date>
}

/** Who found out that an order's state changed. */
export type Source = 'webhook' | 'return' | 'sweeper' | 'recovery' | 'shopper' | 'partner' | 'owner'

export type TimelineTable = {
  store_id: string
  order_id: string
  id: Generated<string>
  at: Generated<Date>
  status: OrderStatus
  source: Source
  event_id: string | null
  detail: JSONColumnType<Record<string, unknown>> | null
}

export type Order = Selectable<OrdersTable>
export type Payment = Selectable<PaymentsTable>
