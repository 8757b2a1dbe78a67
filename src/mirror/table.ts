import type { Generated, JSONColumnType } from 'kysely'
import type { Mode } from '../lib/mode.ts'

export type StripeObjectsTable = {
  store_id: string
  mode: Mode
  account: Generated<string>
  type: string
  id: string
  object: JSONColumnType<Record<string, unknown>>
  seen_at: Date
  deleted: Generated<boolean>
  updated_at: Generated<Date>
}
