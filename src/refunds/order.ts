import { z } from 'zod'
import type { Database } from '../db/database.ts'
import { listDisputes } from '../disputes/disputes.ts'
import { DisputeView } from '../disputes/schemas.ts'
import { findOrder } from '../orders/orders.ts'
import { OrderDetail } from '../orders/schemas.ts'
import type { Store } from '../stores/table.ts'
import { listRefunds } from './queries.ts'
import { RefundView } from './schemas.ts'

/** An order with all that came after its payment. */
export const WholeOrder = OrderDetail.extend({
  refunds: z.array(RefundView),
  disputes: z.array(DisputeView),
}).meta({ id: 'Order' })

/** Throws NotFound. */
export async function wholeOrder(db: Database, store: Pick<Store, 'id'>, id: string) {
  const order = await findOrder(db, store, id)
  const [refunds, disputes] = await Promise.all([
    listRefunds(db, store.id, id),
    listDisputes(db, store.id, order),
  ])
  return { ...order, refunds, disputes }
}
