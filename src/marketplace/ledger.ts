import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { newId } from '../lib/ids.ts'
import type { OrderPlace } from '../orders/sharing.ts'
import type { Order, Payment } from '../orders/table.ts'
import type { ShareRefund } from './table.ts'

/** What the ledger has of an order: what each vendor gets, and what was taken back of it, oldest first. */
export async function sharesOfOrder(db: Kysely<Tables>, storeId: string, orderId: string) {
  const shares = await db
    .selectFrom('shares')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('order_id', '=', orderId)
    .orderBy('vendor_id')
    .execute()
  if (shares.length === 0) return { shares, refunds: [] as ShareRefund[] }
  const refunds = await db
    .selectFrom('share_refunds')
    .selectAll()
    .where('store_id', '=', storeId)
    .where(
      'share_id',
      'in',
      shares.map(({ id }) => id),
    )
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return { shares, refunds }
}

/** A paid order with a split. */
export type Paid = Order & { split: NonNullable<Order['split']>; seen: string }

/** The paid order that a ledger is kept of, and its payment; undefined while there is nothing to keep. */
export async function paidOrder(trx: Transaction<Tables>, place: OrderPlace) {
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .select(sql<string>`updated_at::text`.as('seen'))
    .where('store_id', '=', place.store_id)
    .where('id', '=', place.id)
    .forUpdate()
    .executeTakeFirst()
  if (!order?.split || !order.paid_at) return undefined
  const payment = await trx
    .selectFrom('payments')
    .selectAll()
    .where('store_id', '=', place.store_id)
    .where('order_id', '=', place.id)
    .where('found', '=', 'succeeded')
    .orderBy('created_at', 'desc')
    .executeTakeFirst()
  return payment && { order: order as Paid, payment }
}

/** Writes down what each vendor gets, once; the way is the one that the payment took. */
export async function writeShares(trx: Transaction<Tables>, order: Paid, payment: Payment): Promise<void> {
  const rows = order.split.vendors.map(share => {
    const route = payment.route?.vendors.find(({ vendor_id }) => vendor_id === share.vendor_id)
    return {
      ...share,
      store_id: order.store_id,
      id: newId(),
      order_id: order.id,
      mode: order.mode,
      currency: order.currency,
      way: route?.way ?? ('manual_payout' as const),
      account_id: route?.account_id ?? null,
      transfer: null,
      fee: null,
      fee_amount: route?.way === 'destination' ? order.split.platform : 0,
      asked_at: null,
      settled_at: null,
      note: null,
      failure: null,
      paid_at: order.paid_at!,
    }
  })
  await trx
    .insertInto('shares')
    .values(rows)
    .onConflict(conflict => conflict.columns(['store_id', 'order_id', 'vendor_id']).doNothing())
    .execute()
}
