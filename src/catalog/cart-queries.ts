import { batchStatement, eachByIndex } from '../db/statement.ts'
import type { TaxRate } from '../pricing/tax.ts'
import type { CartLine } from './table.ts'

/** A line priced by the catalogue as it is now; without a price it cannot be bought (any more). */
export type PricedLine = {
  product_id: string
  variant_id: string | null
  quantity: number
  name: string | null
  price: number | null
  image_url: string | null
  tax_class: string | null
  tax_code: string | null
  vendor_id: string | null
  commission_bps: number | null
  shippable: boolean
  available: number | null
  choose: boolean
}

/** What else the store says about an order that is about to be made. */
export type StoreTerms = {
  /** Rates for an order that goes nowhere yet. */
  tax_rates: TaxRate[]
  /** Whether the store's own rates hold for it, wherever it goes. */
  own_rates: boolean
  /** Null: Stripe Tax has nothing to do with it. */
  stripe_tax: { inclusive: boolean } | null
  /** Where each shipping rate goes; null when the store has none. */
  ships_to: string[][] | null
}

/** A cart as its statements answer it. */
export type CartRow = StoreTerms & {
  id: string
  store_id: string
  currency: string
  origins: string[]
  lines: PricedLine[]
}

// Prices the lines of a row `c` (store_id, lines) for its store `s`. Another store's product, an inactive one, one in
// another currency and one with variants of which none is named simply have no price here.
const PRICED = `
  select coalesce(jsonb_agg(
    jsonb_build_object('product_id', l.product_id, 'variant_id', l.variant_id, 'quantity', l.quantity,
      'name', case when v.id is null then p.name else p.name || ' (' || v.name || ')' end,
      'price', case when v.id is not null then coalesce(v.price, p.price)
                    when l.variant_id is null and not many.variants then p.price end,
      'image_url', coalesce(v.image_url, p.image_url), 'tax_class', p.tax_class, 'tax_code', p.tax_code, 'shippable', p.shippable,
      'vendor_id', p.vendor_id, 'commission_bps', case when n.id is not null then coalesce(n.commission_bps, s.commission_bps) end,
      'available', case when k.on_hand is not null then greatest(k.on_hand - k.held, 0) end,
      'choose', p.id is not null and l.variant_id is null and many.variants)
    order by l.position), '[]') as lines
  from rows from (jsonb_to_recordset(c.lines) as (product_id text, variant_id text, quantity int)) with ordinality
    as l(product_id, variant_id, quantity, position)
  left join products p
    on p.store_id = c.store_id and p.id = l.product_id and p.active and p.currency = s.currency
  left join vendors n
    on n.store_id = p.store_id and n.id = p.vendor_id
  left join variants v
    on v.store_id = p.store_id and v.product_id = p.id and v.id = l.variant_id and v.active
  left join stock k
    on k.store_id = p.store_id and k.product_id = p.id and k.variant_id = coalesce(l.variant_id, '')
  cross join lateral (
    select exists (select from variants x where x.store_id = p.store_id and x.product_id = p.id) as variants
  ) many`

// What holds for an order of the store `s` before its shopper has said anything.
const TERMS = `
  (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from tax_rates t
   where t.store_id = s.id and t.active and t.country is null and s.taxes = 'rates') as tax_rates,
  s.taxes = 'rates' as own_rates,
  case when s.taxes = 'stripe' then jsonb_build_object('inclusive', s.tax_inclusive) end as stripe_tax,
  (select jsonb_agg(to_jsonb(r.countries)) from shipping_rates r
   where r.store_id = s.id and r.active and r.currency = s.currency) as ships_to`

const CART = `
  select c.nr, c.id, c.store_id, s.currency, s.origins, priced.lines, ${TERMS}
  from cart c join stores s on s.id = c.store_id, lateral (${PRICED}) priced`

type InsertValues = { store_id: string; id: string; lines: CartLine[]; origin: string | null }

export const insertCart = batchStatement<InsertValues, CartRow>(
  'insert_cart',
  { store_id: 'uuid', id: 'uuid', lines: 'jsonb', origin: 'text' },
  `priced as (
     select c.nr, c.id, s.id as store_id, s.currency, s.origins, p.lines, ${TERMS}
     from given c join stores s on s.id = c.store_id, lateral (${PRICED}) p
   ),
   kept as (
     insert into carts (store_id, id, lines)
     select c.store_id, c.id, c.lines from given c join priced on priced.nr = c.nr and priced.store_id = c.store_id
     where not jsonb_path_exists(priced.lines, '$[*] ? (@.price == null)')
       and (c.origin is null or c.origin = any (priced.origins))
   )
   select * from priced`,
)

export const selectCart = batchStatement<{ id: string }, CartRow>(
  'select_cart',
  { id: 'uuid' },
  `cart as (
     select g.nr, kept.*
     from given g cross join lateral (${eachByIndex('select k.id, k.store_id, k.lines from carts k where k.id = g.id')}) kept
   ) ${CART}`,
)

export const updateCart = batchStatement<{ store_id: string; id: string; lines: CartLine[] }, CartRow>(
  'update_cart',
  { store_id: 'uuid', id: 'uuid', lines: 'jsonb' },
  `cart as (
     update carts k set lines = g.lines, updated_at = now()
     from given g
     where k.store_id = g.store_id and k.id = g.id
     returning g.nr, k.id, k.store_id, k.lines
   ) ${CART}`,
)

type LinesRow = StoreTerms & { lines: PricedLine[] }

export const priceLinesOf = batchStatement<{ store_id: string; lines: CartLine[] }, LinesRow>(
  'price_lines',
  { store_id: 'uuid', lines: 'jsonb' },
  `priced as (
     select c.nr, p.lines, ${TERMS}
     from given c join stores s on s.id = c.store_id, lateral (${PRICED}) p
   )
   select * from priced`,
)
