import type { Transaction } from 'kysely'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { listDisputes } from '../disputes/disputes.ts'
import { DisputeView } from '../disputes/schemas.ts'
import { SplitView, shownSplit } from '../marketplace/split.ts'
import { OrderDetail } from '../orders/order-schemas.ts'
import { findOrder } from '../orders/orders.ts'
import type { Store } from '../stores/table.ts'
import { listRefunds } from './queries.ts'
import { RefundView } from './schemas.ts'

/** An order with all that came after its payment. */
export const WholeOrder = OrderDetail.extend({
  split: SplitView.nullable().meta({ description: 'Who gets what of it; null without vendors' }),
  refunds: z.array(RefundView),
  disputes: z.array(DisputeView),
}).meta({ id: 'Order' })

/** The same, read at one moment. Throws NotFound. */
export function wholeOrder(db: Database, store: Pick<Store, 'id'>, id: string) {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(trx => wholeOrderOf(trx, store, id))
}

/** The same, of a transaction. Throws NotFound. */
export async function wholeOrderOf(trx: Transaction<Tables>, store: Pick<Store, 'id'>, id: string) {
  const order = await findOrder(trx, store, id)
  const refunds = await listRefunds(trx, store.id, id)
  const disputes = await listDisputes(trx, store.id, order)
  return { ...order, split: await shownSplit(trx, store.id, order), refunds, disputes }
}
