import type { Database } from '../db/database.ts'
import { cursorsOf, type StoreMode } from './cursors.ts'
import { KINDS } from './kinds.ts'
import type { SyncCursor } from './table.ts'

const place = (type: string) => KINDS.findIndex(kind => kind.type === type)

/** How far a store's objects of one mode were fetched: now, or the last time. */
export async function syncOf(db: Database, of: StoreMode) {
  const cursors = await cursorsOf(db, of)
  return {
    mode: of.mode,
    running: cursors.some(({ state }) => state === 'waiting' || state === 'running'),
    kinds: cursors.toSorted((a, b) => place(a.type) - place(b.type)),
  }
}

/**
 * How many objects of these kinds were fetched, and about how many there will be: null while one's number is not known.
 */
export function howFar(kinds: Pick<SyncCursor, 'done' | 'expected'>[]): {
  done: number
  total: number | null
} {
  const done = kinds.reduce((sum, kind) => sum + kind.done, 0)
  if (kinds.some(({ expected }) => expected === null)) return { done, total: null }
  return { done, total: kinds.reduce((sum, kind) => sum + Math.max(kind.done, kind.expected!), 0) }
}
