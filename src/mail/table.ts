import type { Generated } from 'kysely'

export type MailsTable = {
  id: string
  /** The sealed letter; null once it was sent. */
  box: string | null
  tries: Generated<number>
  created_at: Generated<Date>
  due_at: Generated<Date>
  expires_at: Date
  sent_at: Date | null
  failure: string | null
}
