import { sql, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import type { Message } from '../mail/letters.ts'
import type { LetterKind } from '../mail/table.ts'
import type { Order } from '../orders/table.ts'
import type { OutboxLine } from '../outbox/table.ts'
import type { Store } from '../stores/table.ts'
import { receiptMessage, refundMessage } from './letters.ts'
import {
  accountReplacedMessage,
  brokenKeyMessage,
  disputeMessage,
  newOrderMessage,
  WORTH_SENDING,
} from './owner-letters.ts'

type Written = { kind: LetterKind; message: Message }

type Writer = (
  trx: Transaction<Tables>,
  about: { line: OutboxLine; store: Store; order: Order | undefined; publicUrl: string },
) => Written[] | Promise<Written[]>

const paid: Writer = (_trx, { store, order, publicUrl }) => {
  if (!order) return []
  const { customer_email } = order
  const url = `${publicUrl}/portal/${store.id}/orders/${order.id}`
  const letters: (Written | false)[] = [
    customer_email !== null && {
      kind: 'receipt',
      message: receiptMessage({ ...order, customer_email }, store),
    },
    store.order_mail && { kind: 'new_order', message: newOrderMessage(order, store, url) },
  ]
  return letters.filter(letter => letter !== false)
}

const refunded: Writer = async (trx, { line, store, order }) => {
  if (!order?.customer_email || !line.subject) return []
  const { customer_email } = order
  const { amount } = await trx
    .selectFrom('refunds')
    .select('amount')
    .where('store_id', '=', line.store_id)
    .where('id', '=', line.subject)
    .executeTakeFirstOrThrow()
  return [{ kind: 'refund', message: refundMessage({ ...order, customer_email }, store, amount) }]
}

const disputed: Writer = async (trx, { line, store, order }) => {
  if (!order || !line.subject) return []
  const dispute = await trx
    .selectFrom('disputes')
    .select(['id', 'amount', 'currency', 'reason', 'due_by'])
    .where('store_id', '=', line.store_id)
    .where('id', '=', line.subject)
    .executeTakeFirstOrThrow()
  return [{ kind: 'dispute', message: disputeMessage(order, store, dispute) }]
}

const paymentsOf = (publicUrl: string, store: Store) => `${publicUrl}/portal/${store.id}/payments`

/** Who is written to, and what, when something happened; most of it is told to partners only. */
const writers: Partial<Record<OutboxLine['kind'], Writer>> = {
  'order.paid': paid,
  'order.partially_refunded': refunded,
  'order.refunded': refunded,
  'order.disputed': disputed,
  'store.account_replaced': (_trx, { line, store, publicUrl }) => {
    const message = accountReplacedMessage(store, line.detail?.mode ?? '', paymentsOf(publicUrl, store))
    return [{ kind: 'account_replaced', message }]
  },
  'store.connection_invalid': (_trx, { line, store, publicUrl }) => {
    const message = brokenKeyMessage(store, line.detail?.mode ?? '', paymentsOf(publicUrl, store))
    return [{ kind: 'key_broken', message }]
  },
}

/**
 * Writes the letters that follow from what happened. What they are about is read for all of them at once. Call
 * `mail.wake` once the transaction is over.
 */
export async function postLetters(deps: Deps, trx: Transaction<Tables>, lines: OutboxLine[]): Promise<void> {
  const told = lines.filter(({ kind }) => kind in writers)
  if (told.length === 0) return
  const stores = await storesOf(trx, told)
  const orders = await ordersOf(trx, told)
  const { publicUrl } = deps.config
  for (const line of told) {
    const { store_id, order_id } = line
    const store = stores.get(store_id)
    if (!store) continue
    const order = order_id ? orders.get(order_id) : undefined
    for (const { kind, message } of await writers[line.kind]!(trx, { line, store, order, publicUrl })) {
      await deps.mail.post(trx, message, WORTH_SENDING, { store_id, kind, order_id })
    }
  }
}

async function storesOf(trx: Transaction<Tables>, lines: OutboxLine[]): Promise<Map<string, Store>> {
  const ids = [...new Set(lines.map(({ store_id }) => store_id))]
  const rows = await trx.selectFrom('stores').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map(store => [store.id, store]))
}

async function ordersOf(trx: Transaction<Tables>, lines: OutboxLine[]): Promise<Map<string, Order>> {
  const about = lines.filter(({ order_id }) => order_id !== null)
  if (about.length === 0) return new Map()
  const { rows } = await sql<Order>`
    select o.* from orders o
    join unnest(${about.map(({ store_id }) => store_id)}::uuid[], ${about.map(({ order_id }) => order_id)}::uuid[])
      as l(store_id, id) on o.store_id = l.store_id and o.id = l.id`.execute(trx)
  return new Map(rows.map(order => [order.id, order]))
}
