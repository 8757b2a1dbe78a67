import type { Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { problem } from '../lib/problem.ts'

export const OutOfStock = problem('out-of-stock', 409, 'There is not enough in stock')

/** What an order wants of what is counted: `wanted` of the statement that makes it. */
export type WantedStock = { product_id: string; variant_id: string | null; quantity: number }

/** What there is too little of, and how much there is. */
export type Shortage = { product_id: string; variant_id: string | null; available: number }

/**
 * Parts of the statement that makes an order (`given`: store_id, wanted). It goes before the part that is `made`, which
 * must insert nothing when `shortage` has rows. Whatever is counted is locked in one order, so that two orders never
 * wait for each other.
 */
export const COUNT_STOCK = `
  wanted as (
    select g.store_id, w.product_id, coalesce(w.variant_id, '') as variant_id, sum(w.quantity)::bigint as quantity
    from given g
    cross join lateral jsonb_to_recordset(g.wanted) as w(product_id text, variant_id text, quantity int)
    group by 1, 2, 3
  ),
  counted as (
    select s.store_id, s.product_id, s.variant_id, w.quantity, greatest(s.on_hand - s.held, 0) as available
    from stock s
    join wanted w on w.store_id = s.store_id and w.product_id = s.product_id and w.variant_id = s.variant_id
    order by s.product_id, s.variant_id
    for update of s
  ),
  shortage as (select product_id, variant_id, available from counted where available < quantity)`

/**
 * And after it: the order (`made`) holds all that it wants. What ends or pays it gives that back or takes it (the
 * trigger of migrations/0006_pricing.sql).
 */
export const HOLD_STOCK = `
  held as (
    update stock s set held = s.held + c.quantity
    from counted c
    where s.store_id = c.store_id and s.product_id = c.product_id and s.variant_id = c.variant_id
      and exists (select from made)
  ),
  holds as (
    insert into stock_holds (store_id, order_id, product_id, variant_id, quantity)
    select made.store_id, made.id, c.product_id, c.variant_id, c.quantity from counted c cross join made
  )`

/**
 * Says how many there are on the shelf, open checkouts included: null stops counting, undefined leaves it as it is.
 */
export async function setStock(
  trx: Transaction<Tables>,
  place: { store_id: string; product_id: string; variant_id: string },
  stock: number | null | undefined,
): Promise<void> {
  if (stock === undefined) return
  if (stock === null) {
    await trx
      .deleteFrom('stock')
      .where('store_id', '=', place.store_id)
      .where('product_id', '=', place.product_id)
      .where('variant_id', '=', place.variant_id)
      .execute()
    return
  }
  await trx
    .insertInto('stock')
    .values({ ...place, on_hand: stock })
    .onConflict(conflict =>
      conflict.columns(['store_id', 'product_id', 'variant_id']).doUpdateSet({ on_hand: stock }),
    )
    .execute()
}
