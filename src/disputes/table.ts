import type { GeneratedAlways, Selectable } from 'kysely'

export type DisputesTable = {
  store_id: string
  /** Stripe's id. */
  id: string
  order_id: string
  payment_id: string
  amount: number
  currency: string
  /** Stripe's words: `fraudulent`, `product_not_received` … and `needs_response`, `won` … */
  reason: string
  status: string
  previous_status: GeneratedAlways<string | null>
  due_by: Date | null
  found_at: Date
  funds_withdrawn_at: Date | null
  funds_reinstated_at: Date | null
  created_at: Date
}

export type Dispute = Selectable<DisputesTable>
