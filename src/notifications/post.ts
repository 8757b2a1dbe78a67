import type { Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import type { Message } from '../mail/letters.ts'
import type { Order } from '../orders/table.ts'
import type { OutboxLine } from '../outbox/table.ts'
import { findStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import {
  accountReplacedMessage,
  brokenKeyMessage,
  disputeMessage,
  receiptMessage,
  refundMessage,
  WORTH_SENDING,
} from './letters.ts'

type Writer = (
  trx: Transaction<Tables>,
  about: { line: OutboxLine; store: Store; order: Order | undefined; publicUrl: string },
) => Message | undefined | Promise<Message | undefined>

const refunded: Writer = async (trx, { line, store, order }) => {
  if (!order?.customer_email || !line.subject) return undefined
  const { amount } = await trx
    .selectFrom('refunds')
    .select('amount')
    .where('store_id', '=', line.store_id)
    .where('id', '=', line.subject)
    .executeTakeFirstOrThrow()
  return refundMessage({ ...order, customer_email: order.customer_email }, store, amount)
}

/** Who is written to, and what, when something happened; most of it is told to partners only. */
const writers: Partial<Record<OutboxLine['kind'], Writer>> = {
  'order.paid': (_trx, { store, order }) =>
    order?.customer_email
      ? receiptMessage({ ...order, customer_email: order.customer_email }, store)
      : undefined,
  'order.partially_refunded': refunded,
  'order.refunded': refunded,
  'order.disputed': async (trx, { line, store, order }) => {
    if (!order || !line.subject) return undefined
    const dispute = await trx
      .selectFrom('disputes')
      .select(['id', 'amount', 'currency', 'reason', 'due_by'])
      .where('store_id', '=', line.store_id)
      .where('id', '=', line.subject)
      .executeTakeFirstOrThrow()
    return disputeMessage(order, store, dispute)
  },
  'store.account_replaced': (_trx, { line, store, publicUrl }) =>
    accountReplacedMessage(store, line.detail?.mode ?? '', `${publicUrl}/portal/${store.id}/payments`),
  'store.connection_invalid': (_trx, { line, store, publicUrl }) =>
    brokenKeyMessage(store, line.detail?.mode ?? '', `${publicUrl}/portal/${store.id}/payments`),
}

/** Writes the letter that follows from what happened, if one does. Call `mail.wake` once the transaction is over. */
export async function postLetters(deps: Deps, trx: Transaction<Tables>, line: OutboxLine): Promise<void> {
  const writer = writers[line.kind]
  const store = writer && (await findStore(trx, line.store_id))
  if (!store) return
  const order = line.order_id ? await orderOf(trx, line.store_id, line.order_id) : undefined
  const message = await writer(trx, { line, store, order, publicUrl: deps.config.publicUrl })
  if (message) await deps.mail.post(trx, message, WORTH_SENDING)
}

function orderOf(trx: Transaction<Tables>, storeId: string, orderId: string): Promise<Order | undefined> {
  return trx
    .selectFrom('orders')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('id', '=', orderId)
    .executeTakeFirst()
}
