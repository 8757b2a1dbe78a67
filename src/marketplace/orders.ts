import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { type Listed, listed, type Part } from '../lib/listing.ts'
import type { Store } from '../stores/table.ts'

/** A vendor's part of an order that was paid: nothing of the other vendors, and of the shopper only the code. */
export type VendorOrder = {
  id: string
  confirmation_code: string
  paid_at: Date
  currency: string
  lines: { name: string; quantity: number }[]
  gross: number
  amount: number
  refunded: number
  disputed: boolean
}

/** The paid orders with something of this vendor, newest first, a page at a time. Minor units. */
export async function vendorOrders(
  db: Database,
  store: Store,
  vendorId: string,
  { cursor, limit }: Part & { limit: number },
): Promise<Listed<VendorOrder>> {
  const { rows } = await sql<VendorOrder>`
    select o.id, o.confirmation_code, s.paid_at, s.currency, s.gross, s.amount, o.disputed,
           coalesce((select sum(r.amount) from share_refunds r
                     where r.store_id = s.store_id and r.share_id = s.id and r.state <> 'undone'), 0)::bigint as refunded,
           (select jsonb_agg(jsonb_build_object('name', l ->> 'name', 'quantity', l -> 'quantity'))
            from jsonb_array_elements(o.lines) l where l ->> 'vendor_id' = s.vendor_id) as lines
    from shares s
    join orders o on o.store_id = s.store_id and o.id = s.order_id
    where s.store_id = ${store.id}::uuid and s.vendor_id = ${vendorId} and s.mode = ${store.mode}
      and (${cursor ?? null}::uuid is null or o.id < ${cursor ?? null}::uuid)
    order by o.id desc
    limit ${limit + 1}`.execute(db)
  return listed(rows, limit)
}
