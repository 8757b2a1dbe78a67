import type { Generated, Selectable } from 'kysely'
import type { Kind } from '../outbox/table.ts'

export type NotificationEndpointsTable = {
  store_id: string
  id: string
  url: string
  types: Kind[] | null
  state: Generated<'active' | 'disabled'>
  secret_version: Generated<number>
  secret_box: string
  previous_secret_box: string | null
  previous_until: Date | null
  failures: Generated<number>
  failing_since: Date | null
  next_at: Date | null
  busy_until: Date | null
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export type NotificationsTable = {
  store_id: string
  endpoint_id: string
  id: string
  type: Kind
  order_id: string | null
  body: string
  created_at: Date
  due_at: Date
  retry_until: Date
  tries: Generated<number>
  answer: string | null
  delivered_at: Date | null
  given_up_at: Date | null
}

export type NotificationEndpoint = Selectable<NotificationEndpointsTable>
export type Notification = Selectable<NotificationsTable>
