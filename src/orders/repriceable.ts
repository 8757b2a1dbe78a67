import { sql, type Transaction } from 'kysely'
import type { FrozenDiscount } from '../catalog/redemptions.ts'
import type { Tables } from '../db/tables.ts'
import type { Mode } from '../lib/mode.ts'
import { NotFound } from '../lib/problem.ts'
import { SessionOver } from './keep.ts'
import { RENEWED } from './lifetime.ts'
import type { OrderTerms, PricedOrder } from './pricing.ts'
import type { FrozenShipping, Ui } from './table.ts'

/** `ip`: who asks, when that is a shopper. */
export type SessionKey = { store_id: string; digest: Buffer; ip?: string | undefined }

/** An order whose price may still change. */
export type Repriceable = OrderTerms & {
  store_id: string
  order_id: string
  mode: Mode
  amount: number
  own_rates: boolean | null
  customer_email: string | null
  shipping_countries: string[] | null
  ui: Ui
}

// Whoever pays takes the same lock before reading the amount (pay.ts).
/** Locks the order of a session. Throws NotFound and SessionOver. */
export async function lockOrder(
  trx: Transaction<Tables>,
  { store_id, digest }: SessionKey,
): Promise<Repriceable> {
  const order = await trx
    .selectFrom('checkout_sessions as cs')
    .innerJoin('orders as o', join =>
      join.onRef('o.store_id', '=', 'cs.store_id').onRef('o.id', '=', 'cs.order_id'),
    )
    .where('cs.store_id', '=', store_id)
    .where('cs.token_digest', '=', digest)
    .select(['o.store_id', 'o.id as order_id', 'o.mode', 'o.amount', 'o.currency', 'o.lines', 'o.discount'])
    .select([
      'o.shipping',
      'o.own_rates',
      'o.stripe_tax',
      'o.customer_email',
      'cs.shipping_countries',
      'cs.ui',
    ])
    .select(
      sql<boolean>`o.status in ('pending', 'failed') and cs.expires_at > clock_timestamp()`.as('payable'),
    )
    .forNoKeyUpdate('o')
    .executeTakeFirst()
  if (!order) throw new NotFound()
  if (!order.payable) throw new SessionOver()
  return order
}

export const isBeingPaid = async (
  trx: Transaction<Tables>,
  { store_id, order_id }: Repriceable,
): Promise<boolean> =>
  (await trx
    .selectFrom('payments')
    .select('id')
    .where('store_id', '=', store_id)
    .where('order_id', '=', order_id)
    .where('closed_at', 'is', null)
    .executeTakeFirst()) !== undefined

export async function writePrice(
  trx: Transaction<Tables>,
  { store_id, order_id }: Repriceable,
  terms: { discount: FrozenDiscount | null; shipping: FrozenShipping | null },
  { lines, totals, split, stripe_tax }: PricedOrder,
): Promise<void> {
  await trx
    .updateTable('orders')
    .set({
      amount: totals.total,
      lines: JSON.stringify(lines),
      totals: JSON.stringify(totals),
      split: split && JSON.stringify(split),
      discount: terms.discount && JSON.stringify(terms.discount),
      shipping: terms.shipping && JSON.stringify(terms.shipping),
      stripe_tax: stripe_tax && JSON.stringify(stripe_tax),
      updated_at: sql`now()`,
    })
    .$if(terms.discount !== null, query => query.set({ holding: true }))
    .where('store_id', '=', store_id)
    .where('id', '=', order_id)
    .execute()
  await trx
    .updateTable('checkout_sessions as cs')
    .set({ expires_at: sql<Date>`${sql.raw(RENEWED)}` })
    .where('cs.store_id', '=', store_id)
    .where('cs.order_id', '=', order_id)
    .where('cs.expires_at', '<', sql<Date>`${sql.raw(RENEWED)}`)
    .execute()
}
