import type { Generated, GeneratedAlways, JSONColumnType, Selectable } from 'kysely'

/** What may have happened. Each is also a type of notification. */
export type Kind =
  | `store.${'connected' | 'account_replaced' | 'disconnected' | 'connection_invalid'}`
  | `order.${'processing' | 'paid' | 'failed' | 'cancelled' | 'expired'}`
  | `order.${'partially_refunded' | 'refunded' | 'refund_failed' | 'disputed' | 'dispute_closed'}`
  | 'vendor.updated'

export type OutboxTable = {
  id: GeneratedAlways<number>
  store_id: string
  kind: Kind
  order_id: string | null
  subject: string | null
  detail: JSONColumnType<Record<string, string>> | null
  at: GeneratedAlways<Date>
  failed_at: Generated<Date | null>
  /** The kind of error that kept it from being told. */
  failure: Generated<string | null>
}

export type OutboxLine = Selectable<OutboxTable>
