import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import { newId } from '../lib/ids.ts'
import { BadInput, type FieldError, NotFound } from '../lib/problem.ts'
import type { TaxRate } from '../pricing/tax.ts'
import type { BuyableLine } from './schemas.ts'
import type { CartLine } from './table.ts'

/** A line priced by the catalogue as it is now; without a price it cannot be bought (any more). */
type PricedLine = {
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

type Row = StoreTerms & {
  id: string
  store_id: string
  currency: string
  origins: string[]
  lines: PricedLine[]
}

/** A cart, priced in minor units, with the web origins that may use it. */
export type PricedCart = Omit<Row, 'lines'> & { lines: BuyableLine[]; amount: number }

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
  select c.id, c.store_id, s.currency, s.origins, priced.lines, ${TERMS}
  from cart c join stores s on s.id = c.store_id, lateral (${PRICED}) priced`

type InsertValues = { store_id: string; id: string; lines: string; origin: string | null }

const insertCart = statement<InsertValues, Row>(
  'insert_cart',
  `with c as (select :store_id::uuid as store_id, :lines::jsonb as lines),
   priced as (
     select s.id as store_id, s.currency, s.origins, p.lines, ${TERMS}
     from c join stores s on s.id = c.store_id, lateral (${PRICED}) p
   ),
   kept as (
     insert into carts (store_id, id, lines)
     select c.store_id, :id::uuid, c.lines from c join priced on priced.store_id = c.store_id
     where not jsonb_path_exists(priced.lines, '$[*] ? (@.price == null)')
       and (:origin::text is null or :origin = any (priced.origins))
   )
   select :id::uuid as id, priced.* from priced`,
)

const selectCart = statement<{ id: string }, Row>(
  'select_cart',
  `with cart as (select * from carts where id = :id::uuid) ${CART}`,
)

const updateCart = statement<{ store_id: string; id: string; lines: string }, Row>(
  'update_cart',
  `with cart as (
     update carts set lines = :lines::jsonb, updated_at = now()
     where store_id = :store_id::uuid and id = :id::uuid
     returning *
   ) ${CART}`,
)

type LinesRow = StoreTerms & { lines: PricedLine[] }

const priceLinesOf = statement<{ store_id: string; lines: string }, LinesRow>(
  'price_lines',
  `with c as (select :store_id::uuid as store_id, :lines::jsonb as lines)
   select priced.lines, ${TERMS} from c join stores s on s.id = c.store_id, lateral (${PRICED}) priced`,
)

/**
 * Keeps a cart for a shopper; one from a page of another `origin` only if the store lists it, which is for the
 * caller to say. Throws NotFound for an unknown store, BadInput for what is not sold there.
 */
export async function createCart(
  db: Database,
  storeId: string,
  lines: CartLine[],
  origin?: string,
): Promise<PricedCart> {
  const values = { store_id: storeId, id: newId(), lines: JSON.stringify(lines), origin: origin ?? null }
  const [row] = await db.run(insertCart, values)
  if (!row) throw new NotFound('There is no such store.')
  return priced(row)
}

/** A cart with what can be bought of it now. Throws NotFound. */
export async function findCart(db: Database, id: string): Promise<PricedCart> {
  const [row] = await db.run(selectCart, { id })
  if (!row) throw new NotFound('There is no such cart.')
  return available(row)
}

/** Replaces the lines of a cart. Throws BadInput for what is not sold, and then changes nothing. */
export async function changeCart(db: Database, cart: PricedCart, lines: CartLine[]): Promise<PricedCart> {
  await priceLines(db, cart.store_id, lines)
  const [row] = await db.run(updateCart, {
    store_id: cart.store_id,
    id: cart.id,
    lines: JSON.stringify(lines),
  })
  if (!row) throw new NotFound('There is no such cart.')
  return available(row)
}

/** Prices product lines of a store, with its terms. Throws BadInput naming each line that cannot be bought. */
export async function priceLines(
  db: Database,
  storeId: string,
  lines: CartLine[],
): Promise<StoreTerms & { lines: BuyableLine[] }> {
  const [row] = await db.run(priceLinesOf, { store_id: storeId, lines: JSON.stringify(lines) })
  if (!row) throw new NotFound('There is no such store.')
  return { ...row, lines: buyable(row.lines) }
}

const priced = (row: Row): PricedCart => withTotal(row, buyable(row.lines))

// A product may have gone since it was put into the cart: what is left can still be bought.
const available = (row: Row): PricedCart =>
  withTotal(row, row.lines.filter(({ price }) => price !== null).map(toLine))

const withTotal = ({ lines: _, ...row }: Row, lines: BuyableLine[]): PricedCart => ({
  ...row,
  lines,
  amount: lines.reduce((sum, { amount }) => sum + amount, 0),
})

function buyable(lines: PricedLine[]): BuyableLine[] {
  const errors: FieldError[] = lines.flatMap((line, index) =>
    line.price === null ? [{ pointer: `/lines/${index}/${fieldOf(line)}`, detail: reasonOf(line) }] : [],
  )
  if (errors.length > 0) throw new BadInput({ errors })
  return lines.map(toLine)
}

const fieldOf = ({ choose, variant_id, name }: PricedLine): string =>
  choose || (variant_id !== null && name !== null) ? 'variant_id' : 'product_id'

const reasonOf = ({ choose }: PricedLine): string =>
  choose ? 'is missing: this product has variants' : 'is not sold by this store'

const toLine = ({ name, price, choose: _, ...line }: PricedLine): BuyableLine => ({
  ...line,
  name: name!,
  unit_amount: price!,
  amount: price! * line.quantity,
})
