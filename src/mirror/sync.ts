import type Stripe from 'stripe'
import { type Actor, record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import { newId } from '../lib/ids.ts'
import { BadInput } from '../lib/problem.ts'
import { activeConnection, markInvalid } from '../stores/connections.ts'
import { restConnection, wakeConnection } from '../stores/rest.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import type { Connection, Store } from '../stores/table.ts'
import { failureOf } from '../stripe/errors.ts'
import { beginCursors, endCursor, leaveCursor, type Since, type StoreMode, takeCursor } from './cursors.ts'
import { fetchKind } from './fetch.ts'
import { KINDS, kindOf } from './kinds.ts'
import { makePatience, type Patience } from './patience.ts'
import { markUnseen } from './refetch.ts'
import { countAgain } from './storage.ts'
import type { SyncCursor } from './table.ts'

/** Kinds fetched at a time for one store: far from what Stripe allows an account. */
const WORKERS = 3

/** Written by one run, so many objects have changed what the mirror's table looks like. */
const MANY = 500

/** Silent for so long, in seconds, a worker has died. */
export const IDLE = 60

type SyncChoice = { types?: string[] | undefined; since?: Since | undefined }

/**
 * Asks for a store's objects of one mode to be fetched from Stripe: all kinds, or these. The work is done by
 * `runSync`. Throws StoreNotConnected; BadInput for kinds that Stripe does not list.
 */
export async function startSync(
  { db }: Pick<Deps, 'db'>,
  store: Pick<Store, 'id'>,
  mode: StoreMode['mode'],
  { types = KINDS.map(({ type }) => type), since = null }: SyncChoice,
  actor: Actor,
): Promise<void> {
  const unknown = types.findIndex(type => !kindOf(type))
  if (unknown >= 0) {
    throw new BadInput({ errors: [{ pointer: `/types/${unknown}`, detail: 'is no kind that Stripe lists' }] })
  }
  const connection = await activeConnection(db, store.id, mode)
  if (!connection) throw new StoreNotConnected()
  await db.transaction().execute(async trx => {
    await beginCursors(trx, { store_id: store.id, mode }, connection.id, types, since)
    await record(trx, store.id, actor, 'mirror.synced', { mode })
  })
}

type Watch = {
  /** Takes no new page after this moment, in milliseconds since 1970. */
  end?: number
  /** Seconds after which a silent worker's kind is taken over. */
  idle?: number
  /** Told after each page that was kept, and when a kind turns out not to be readable. */
  onProgress?: (cursor: SyncCursor) => void
}

/**
 * Fetches what `startSync` asked for, from where it stopped, several kinds at a time. May be killed at any moment, and
 * run by several processes. True when nothing is left to do here; false when Stripe could not be asked any more.
 */
export async function runSync(deps: Deps, place: StoreMode, watch: Watch = {}): Promise<boolean> {
  const connection = await activeConnection(deps.db, place.store_id, place.mode)
  if (!connection) return false
  const run: Run = {
    deps,
    connection,
    client: deps.stripe.clientFor(connection),
    patiently: makePatience(),
    watch,
    stopped: false,
    kept: 0,
  }
  const tried: string[] = []
  async function work(): Promise<void> {
    while (!run.stopped && Date.now() < (watch.end ?? Number.POSITIVE_INFINITY)) {
      const cursor = await takeCursor(deps.db, place, newId(), watch.idle ?? IDLE, tried)
      if (!cursor) return
      tried.push(cursor.type)
      await syncKind(run, cursor)
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: WORKERS }, work))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  if (run.kept >= MANY) await countAgain(deps.db)
  return !run.stopped
}

export type Run = {
  deps: Deps
  connection: Connection
  client: Stripe
  patiently: Patience
  watch: Watch
  /** Stripe could not be asked any more. */
  stopped: boolean
  /** Objects that went into the mirror. */
  kept: number
}

async function syncKind(run: Run, cursor: SyncCursor): Promise<void> {
  const { db } = run.deps
  async function giveUp(state: 'forbidden' | 'refused'): Promise<void> {
    await endCursor(db, cursor, state)
    run.watch.onProgress?.({ ...cursor, state, expected: cursor.done })
  }
  try {
    const end = await fetchKind(run, cursor)
    if (end === 'taken') return
    if (end === 'shift') return await leaveCursor(db, cursor)
    if (!cursor.since) await markUnseen(db, cursor)
    await endCursor(db, cursor, 'done')
    await wakeConnection(db, run.connection)
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'missing_permission') return await giveUp('forbidden')
    if (failure === 'refused') return await giveUp('refused')
    await leaveCursor(db, cursor)
    if (!failure) throw error
    run.stopped = true
    if (failure === 'invalid_key') await markInvalid(db, run.connection)
    else await restConnection(db, run.connection)
  }
}
