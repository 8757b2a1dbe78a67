import type { Generated, JSONColumnType } from 'kysely'
import type { Mode } from '../lib/mode.ts'
import type { Refusal } from './refusals.ts'

export type EventsTable = {
  store_id: string
  mode: Mode
  id: string
  /** Null: fetched from Stripe's list instead of delivered. */
  endpoint_id: string | null
  type: string
  account: string | null
  api_version: string | null
  created: Date
  outcome: 'processed' | 'ignored' | 'quarantined'
  reason: string | null
  payload: JSONColumnType<Record<string, unknown>>
  received_at: Generated<Date>
  replayed_at: Date | null
  /** A quarantined event that somebody decided about. */
  resolved_at: Date | null
  note: string | null
}

export type EventCursorsTable = {
  store_id: string
  connection_id: string
  seen_until: Date
  listed_after: string | null
  listed_until: Date | null
  fetched_at: Generated<Date>
  told_at: Date | null
}

export type RefusedDeliveriesTable = {
  store_id: string
  hour: Date
  url: 'own' | 'shared'
  reason: Refusal
  times: number
  last_at: Date
}
