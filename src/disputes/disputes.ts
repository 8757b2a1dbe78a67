import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Mode } from '../lib/mode.ts'
import { dashboardUrl } from '../stripe/dashboard.ts'
import type { Dispute } from './table.ts'

/** A dispute as it is shown: with where the money is, and where the merchant answers. */
export type ShownDispute = Omit<Dispute, 'previous_status'> & {
  funds: 'with_merchant' | 'withdrawn' | 'reinstated'
  dashboard_url: string
}

/** The disputes of an order, oldest first. */
export async function listDisputes(
  db: Kysely<Tables>,
  storeId: string,
  order: { id: string; mode: Mode },
): Promise<ShownDispute[]> {
  const rows = await db
    .selectFrom('disputes')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('order_id', '=', order.id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(row => ({
    ...row,
    funds: row.funds_reinstated_at ? 'reinstated' : row.funds_withdrawn_at ? 'withdrawn' : 'with_merchant',
    dashboard_url: dashboardUrl({ type: 'dispute', id: row.id, mode: order.mode }),
  }))
}
