import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'
import type { Failure } from './table.ts'

/** An order whose end is open, and what is known of its payment. */
export type UnsettledOrder = {
  id: string
  mode: Mode
  status: 'pending' | 'processing' | 'failed'
  confirmation_code: string
  amount: number
  currency: string
  failure: Failure | null
  created_at: Date
  expires_at: Date
  /** Null: the shopper has not pressed the button yet. */
  payment_id: string | null
  /** Null: Stripe was asked for a payment, and we have no answer yet. */
  payment_intent: string | null
  /** What Stripe said last, and when it is asked next without waiting for a webhook. */
  found: string | null
  ask_at: Date | null
}

/** The newest orders of a store that wait for something, at most `most`. */
export async function listUnsettled(db: Database, storeId: string, most: number): Promise<UnsettledOrder[]> {
  const { rows } = await sql<UnsettledOrder>`
    select o.id, o.mode, o.status, o.confirmation_code, o.amount, o.currency, o.failure, o.created_at,
      s.expires_at, p.id as payment_id, p.payment_intent, p.found, p.ask_at
    from orders o
    join checkout_sessions s on s.store_id = o.store_id and s.order_id = o.id
    left join payments p on p.store_id = o.store_id and p.order_id = o.id and p.closed_at is null
    where o.store_id = ${storeId}::uuid and o.status in ('pending', 'processing', 'failed')
    order by o.id desc
    limit ${most}`.execute(db)
  return rows
}
