import type { Generated, JSONColumnType } from 'kysely'
import type { Mode } from '../lib/mode.ts'

export type EventsTable = {
  store_id: string
  mode: Mode
  id: string
  endpoint_id: string
  type: string
  account: string | null
  api_version: string | null
  created: Date
  outcome: 'processed' | 'ignored' | 'quarantined'
  reason: string | null
  payload: JSONColumnType<Record<string, unknown>>
  received_at: Generated<Date>
}
