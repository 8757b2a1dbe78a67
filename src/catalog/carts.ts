import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import { newId } from '../lib/ids.ts'
import { BadInput, type FieldError, NotFound } from '../lib/problem.ts'
import type { BuyableLine } from './schemas.ts'
import type { CartLine } from './table.ts'

/** A line priced by the catalogue as it is now; without a price it cannot be bought (any more). */
type PricedLine = {
  product_id: string
  quantity: number
  name: string | null
  price: number | null
  image_url: string | null
}

type Row = { id: string; store_id: string; currency: string; origins: string[]; lines: PricedLine[] }

/** A cart, priced in minor units, with the web origins that may use it. */
export type PricedCart = Omit<Row, 'lines'> & { lines: BuyableLine[]; amount: number }

// Prices the lines of a row `c` (store_id, lines) for its store `s`. Another store's product, an inactive one and
// one in another currency simply have no price here.
const PRICED = `
  select coalesce(jsonb_agg(
    jsonb_build_object('product_id', l.product_id, 'quantity', l.quantity,
      'name', p.name, 'price', p.price, 'image_url', p.image_url)
    order by l.position), '[]') as lines
  from rows from (jsonb_to_recordset(c.lines) as (product_id text, quantity int)) with ordinality
    as l(product_id, quantity, position)
  left join products p
    on p.store_id = c.store_id and p.id = l.product_id and p.active and p.currency = s.currency`

const CART = `
  select c.id, c.store_id, s.currency, s.origins, priced.lines
  from cart c join stores s on s.id = c.store_id, lateral (${PRICED}) priced`

type InsertValues = { store_id: string; id: string; lines: string; origin: string | null }

const insertCart = statement<InsertValues, Row>(
  'insert_cart',
  `with c as (select :store_id::uuid as store_id, :lines::jsonb as lines),
   priced as (select s.id as store_id, s.currency, s.origins, p.lines from c join stores s on s.id = c.store_id, lateral (${PRICED}) p),
   kept as (
     insert into carts (store_id, id, lines)
     select c.store_id, :id::uuid, c.lines from c join priced on priced.store_id = c.store_id
     where not jsonb_path_exists(priced.lines, '$[*] ? (@.price == null)')
       and (:origin::text is null or :origin = any (priced.origins))
   )
   select :id::uuid as id, store_id, currency, origins, lines from priced`,
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

const priceLinesOf = statement<{ store_id: string; lines: string }, { lines: PricedLine[] }>(
  'price_lines',
  `with c as (select :store_id::uuid as store_id, :lines::jsonb as lines)
   select priced.lines from c join stores s on s.id = c.store_id, lateral (${PRICED}) priced`,
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

/** Prices product lines of a store. Throws BadInput naming each line that cannot be bought. */
export async function priceLines(db: Database, storeId: string, lines: CartLine[]): Promise<BuyableLine[]> {
  const [row] = await db.run(priceLinesOf, { store_id: storeId, lines: JSON.stringify(lines) })
  return buyable(row?.lines ?? [])
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
    line.price === null
      ? [{ pointer: `/lines/${index}/product_id`, detail: 'is not sold by this store' }]
      : [],
  )
  if (errors.length > 0) throw new BadInput({ errors })
  return lines.map(toLine)
}

const toLine = ({ product_id, quantity, name, price, image_url }: PricedLine): BuyableLine => ({
  product_id,
  name: name!,
  quantity,
  unit_amount: price!,
  amount: price! * quantity,
  image_url,
})
