import type { Generated, GeneratedAlways, Selectable } from 'kysely'
import type { CommissionPolicy } from '../pricing/split.ts'

/** `pending`: asked for, or under way at the bank. A refund that succeeded may still fail later. */
export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'cancelled'

export type RefundsTable = {
  store_id: string
  id: string
  order_id: string
  payment_id: string
  stripe_refund: string | null
  amount: number
  currency: string
  reason: string | null
  /** Who gives back the commission on it; null: as when nothing is said. */
  commission: CommissionPolicy | null
  status: RefundStatus
  previous_status: GeneratedAlways<RefundStatus | null>
  failure: string | null
  key_digest: Buffer | null
  asked_digest: Buffer | null
  ask_at: Date | null
  asked: Generated<number>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type Refund = Selectable<RefundsTable>
