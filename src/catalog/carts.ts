import type { Database } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { BadInput, type FieldError, NotFound } from '../lib/problem.ts'
import {
  type CartRow,
  insertCart,
  type PricedLine,
  priceLinesOf,
  type StoreTerms,
  selectCart,
  updateCart,
} from './cart-queries.ts'
import type { BuyableLine } from './cart-schemas.ts'
import type { CartLine } from './table.ts'

export type { StoreTerms } from './cart-queries.ts'

/** A cart, priced in minor units, with the web origins that may use it. */
export type PricedCart = Omit<CartRow, 'lines'> & { lines: BuyableLine[]; amount: number }

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
  const id = newId()
  const row = await db.gather(insertCart, { store_id: storeId, id, lines, origin: origin ?? null }, [id])
  if (!row) throw new NotFound('There is no such store.')
  return priced(row)
}

/** A cart with what can be bought of it now. Throws NotFound. */
export async function findCart(db: Database, id: string): Promise<PricedCart> {
  const row = await db.gather(selectCart, { id }, [])
  if (!row) throw new NotFound('There is no such cart.')
  return available(row)
}

/** Replaces the lines of a cart. Throws BadInput for what is not sold, and then changes nothing. */
export async function changeCart(db: Database, cart: PricedCart, lines: CartLine[]): Promise<PricedCart> {
  await priceLines(db, cart.store_id, lines)
  const [row] = await db.runEach(updateCart, [{ store_id: cart.store_id, id: cart.id, lines }])
  if (!row) throw new NotFound('There is no such cart.')
  return available(row)
}

/** Prices product lines of a store, with its terms. Throws BadInput naming each line that cannot be bought. */
export async function priceLines(
  db: Database,
  storeId: string,
  lines: CartLine[],
): Promise<StoreTerms & { lines: BuyableLine[] }> {
  const row = await db.gather(priceLinesOf, { store_id: storeId, lines }, [])
  if (!row) throw new NotFound('There is no such store.')
  return { ...row, lines: buyable(row.lines) }
}

const priced = (row: CartRow): PricedCart => withTotal(row, buyable(row.lines))

// A product may have gone since it was put into the cart: what is left can still be bought.
const available = (row: CartRow): PricedCart =>
  withTotal(row, row.lines.filter(({ price }) => price !== null).map(toLine))

const withTotal = ({ lines: _, ...row }: CartRow, lines: BuyableLine[]): PricedCart => ({
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
