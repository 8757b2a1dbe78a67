import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { FrozenDiscount } from '../catalog/redemptions.ts'
import type { Mode } from '../lib/mode.ts'
import type { Tax, Totals } from '../pricing/price.ts'

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
  tax_rate: FrozenTax | null
  discount: number
  tax: number
}

/** Where an order goes and what that costs, as it was when the shopper chose it. */
export type FrozenShipping = {
  /** Null when the store has no shipping rates: then it costs nothing. */
  rate_id: string | null
  name: string | null
  rate_amount: number
  free_from: number | null
  country: string
  region: string | null
  postal_code: string | null
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

export type CheckoutSessionsTable = {
  store_id: string
  id: string
  order_id: string
  token_digest: Buffer
  ui: 'hosted' | 'stripe'
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
  client_secret_box: string | null
  charge: string | null
  found_at: Date | null
  found: string | null
  closed_at: Date | null
  ask_at: Generated<Date>
  asked: Generated<number>
  refunds_ask_at: Generated<Date | null>
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
