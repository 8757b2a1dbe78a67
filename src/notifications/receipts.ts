import { sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import { NotFound, problem } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { receiptMessage } from './letters.ts'
import { WORTH_SENDING } from './owner-letters.ts'

export const NoReceipt = problem('no-receipt', 409, 'There is no receipt to send')
export const TooManyReceipts = problem('too-many-receipts', 429, 'Enough receipts were sent for this order')

/** So many receipts of one order go out within an hour, the first one among them. */
const MOST_IN_AN_HOUR = 3

/**
 * Sends the shopper the receipt once more. Throws NotFound, NoReceipt for an order that is not paid or without an
 * address, and TooManyReceipts.
 */
export async function resendReceipt(deps: Deps, store: Store, orderId: string, actor: Actor): Promise<void> {
  await deps.db.transaction().execute(async trx => {
    // Locked, so that many who press at once are counted one after the other.
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('store_id', '=', store.id)
      .where('id', '=', orderId)
      .forUpdate()
      .executeTakeFirst()
    if (!order) throw new NotFound('There is no such order.')
    const { customer_email } = order
    if (!order.paid_at || customer_email === null) throw new NoReceipt()
    const { sent } = await trx
      .selectFrom('mails')
      .select(eb => eb.fn.countAll<number>().as('sent'))
      .where('store_id', '=', store.id)
      .where('order_id', '=', orderId)
      .where('kind', '=', 'receipt')
      .where('created_at', '>', sql<Date>`now() - interval '1 hour'`)
      .executeTakeFirstOrThrow()
    if (sent >= MOST_IN_AN_HOUR) throw new TooManyReceipts({ retryAfter: 3_600 })
    await record(trx, store.id, actor, 'receipt.resent', { order_id: orderId })
    const about = { store_id: store.id, order_id: orderId, kind: 'receipt' } as const
    await deps.mail.post(trx, receiptMessage({ ...order, customer_email }, store), WORTH_SENDING, about)
  })
  deps.mail.wake()
}
