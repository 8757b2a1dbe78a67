import { newConfirmationCode, newId } from '../../src/lib/ids.ts'
import type { House } from './house.ts'

const TOTALS = { subtotal: 4890, discount: 0, shipping: 0, tax: 0, tax_included: 0, total: 4890 }

/** An order as it stands some time after, without the way there: 4890, paid unless told otherwise. */
export async function oldOrder(house: House, storeId: string, more: Record<string, unknown> = {}) {
  const order = {
    store_id: storeId,
    id: newId(),
    mode: 'test',
    status: 'paid',
    confirmation_code: newConfirmationCode(),
    amount: 4890,
    currency: 'eur',
    lines: '[]',
    totals: JSON.stringify(TOTALS),
    metadata: '{}',
    ...more,
  }
  await house.deps.db
    .insertInto('orders')
    .values(order as never)
    .execute()
  return { ...order, customer_email: more.customer_email }
}
