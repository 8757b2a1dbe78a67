import type { Generated } from 'kysely'

/** What a letter of a store is about. */
export type LetterKind =
  | 'receipt'
  | 'refund'
  | 'new_order'
  | 'dispute'
  | 'account_replaced'
  | 'owner_replaced'
  | 'key_broken'
  | 'endpoint_disabled'
  | 'webhook_silent'

export type MailsTable = {
  id: string
  /** Null: about an address and no store, such as a code to sign in. */
  store_id: string | null
  order_id: string | null
  kind: LetterKind | null
  /** The sealed letter; null once it was sent, dismissed or kept for a month. */
  box: string | null
  tries: Generated<number>
  created_at: Generated<Date>
  due_at: Generated<Date>
  expires_at: Date
  sent_at: Date | null
  failure: string | null
}
