import type { Generated, JSONColumnType, Selectable } from 'kysely'

export type ProductsTable = {
  store_id: string
  id: string
  name: string
  price: number
  currency: string
  image_url: string | null
  /** Whose it is; null: the store's own. */
  vendor_id: string | null
  tax_class: string | null
  /** For Stripe Tax; null: the default of the account. */
  tax_code: string | null
  shippable: Generated<boolean>
  active: Generated<boolean>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type VariantsTable = {
  store_id: string
  product_id: string
  id: string
  position: number
  name: string
  options: JSONColumnType<Record<string, string>>
  /** Null: the product's. */
  price: number | null
  image_url: string | null
  active: Generated<boolean>
}

/** Only of what is counted: what is on the shelf, and how much of it is promised to open checkouts. */
export type StockTable = {
  store_id: string
  product_id: string
  /** Empty for a product without variants. */
  variant_id: string
  on_hand: number
  held: Generated<number>
}

/** Held by an order that is open, taken by one that was paid, released by one that ended unpaid. */
type HoldState = 'held' | 'taken' | 'released'

export type StockHoldsTable = {
  store_id: string
  order_id: string
  product_id: string
  variant_id: string
  quantity: number
  state: Generated<HoldState>
}

export type ShippingRatesTable = {
  store_id: string
  id: string
  name: string
  amount: number
  currency: string
  free_from: number | null
  /** Empty: wherever the store ships. */
  countries: string[]
  active: boolean
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type TaxRatesTable = {
  store_id: string
  id: string
  name: string
  /** In millionths. */
  rate: number
  inclusive: boolean
  country: string | null
  region: string | null
  tax_class: string | null
  shipping: boolean
  active: boolean
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type DiscountsTable = {
  store_id: string
  /** The code, in capitals. */
  id: string
  basis_points: number | null
  amount: number | null
  currency: string
  minimum: number | null
  max_redemptions: number | null
  once_per_customer: boolean
  starts_at: Date | null
  ends_at: Date | null
  active: boolean
  redeemed: Generated<number>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type RedemptionsTable = {
  store_id: string
  order_id: string
  code: string
  once: boolean
  customer: string | null
  state: Generated<HoldState>
}

/** What the shopper wants: products and quantities, never prices. */
export type CartLine = { product_id: string; variant_id?: string | undefined; quantity: number }

export type CartsTable = {
  store_id: string
  id: string
  lines: JSONColumnType<CartLine[]>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

/** A variant as it is sold; without a `stock` it is not counted. */
export type Variant = Pick<
  Selectable<VariantsTable>,
  'id' | 'name' | 'options' | 'price' | 'image_url' | 'active'
> & { stock: number | null; available: number | null }

/** A product with its variants; plain without any. `stock` is what is on the shelf, `available` less what is held. */
export type Product = Selectable<ProductsTable> & {
  stock: number | null
  available: number | null
  variants: Variant[]
}

export type ShippingRate = Selectable<ShippingRatesTable>
export type StoredTaxRate = Selectable<TaxRatesTable>
export type StoredDiscount = Selectable<DiscountsTable>
