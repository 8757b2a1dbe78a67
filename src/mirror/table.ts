import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely'
import type { Mode } from '../lib/mode.ts'

/** Postgres takes it from the object, for its index. */
type Derived = ColumnType<string | null, never, never>

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
  /** Absent: it is of the moment seen_at alone. */
  seen_until: Date | null
  /** Only Stripe knows whether this is its last version. */
  unsure: Generated<boolean>
  created: ColumnType<Date | null, never, never>
  customer: Derived
  payment_intent: Derived
  charge: Derived
  invoice: Derived
  subscription: Derived
  product: Derived
}

type SyncState = 'waiting' | 'running' | 'done' | 'forbidden' | 'refused'

/** What could not be kept, and why. */
export type BadObject = { id: string | null; reason: string }

export type SyncCursorsTable = {
  store_id: string
  mode: Mode
  type: string
  connection_id: string
  state: SyncState
  since: Date | null
  after: string | null
  reached: Date | null
  done: Generated<number>
  expected: number | null
  bad: Generated<number>
  bad_objects: JSONColumnType<BadObject[], string | undefined, string>
  worker: string | null
  started_at: Generated<Date>
  touched_at: Generated<Date>
  finished_at: Date | null
  complete_at: Date | null
}

export type SyncCursor = Selectable<SyncCursorsTable>
