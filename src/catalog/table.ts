import type { Generated, JSONColumnType, Selectable } from 'kysely'

export type ProductsTable = {
  store_id: string
  id: string
  name: string
  price: number
  currency: string
  image_url: string | null
  active: Generated<boolean>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

/** What the shopper wants: products and quantities, never prices. */
export type CartLine = { product_id: string; quantity: number }

export type CartsTable = {
  store_id: string
  id: string
  lines: JSONColumnType<CartLine[]>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type Product = Selectable<ProductsTable>
export type Cart = Selectable<CartsTable>
