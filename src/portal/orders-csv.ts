import { type Cell, MARK, rowOf } from '../lib/csv.ts'
import { toDecimal } from '../lib/money.ts'
import type { ListedOrder } from '../orders/orders.ts'

/** The columns of the file, and what stands in each. Amounts are exact decimals of the currency beside them. */
const COLUMNS: [string, (order: ListedOrder) => Cell][] = [
  ['confirmation_code', order => order.confirmation_code],
  ['order_id', order => order.id],
  ['mode', order => order.mode],
  ['status', order => order.status],
  ['disputed', order => (order.disputed ? 'yes' : 'no')],
  ['created_at', order => order.created_at.toISOString()],
  ['paid_at', order => order.paid_at?.toISOString() ?? null],
  ['currency', order => order.currency],
  ['amount', order => decimal(order, order.amount)],
  ['refunded', order => decimal(order, order.amount_refunded)],
  ['net', order => (order.paid_at ? decimal(order, order.amount - order.amount_refunded) : null)],
  ['customer_email', order => order.customer_email],
  ['reference', order => order.reference],
  ['payment_intent', order => order.payment_intent],
  ['items', order => order.lines.map(({ quantity, name }) => `${quantity} × ${name}`).join('; ')],
]

const decimal = ({ currency }: ListedOrder, amount: number): string => toDecimal({ amount, currency })

/** The file, as RFC 4180 has it, a piece for each page of orders. */
export async function* csvOf(pages: AsyncIterable<ListedOrder[]>): AsyncGenerator<string> {
  yield MARK + rowOf(COLUMNS.map(([name]) => name))
  for await (const page of pages) {
    yield page.map(order => rowOf(COLUMNS.map(([, read]) => read(order)))).join('')
  }
}
