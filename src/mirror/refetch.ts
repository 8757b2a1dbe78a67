import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { activeConnection, markInvalid } from '../stores/connections.ts'
import { restConnection } from '../stores/rest.ts'
import type { Connection } from '../stores/table.ts'
import { failureOf } from '../stripe/errors.ts'
import { askObject, complete } from './ask.ts'
import { keepObjects, markDeleted } from './keep.ts'
import { kindOf } from './kinds.ts'
import type { SyncCursor } from './table.ts'

/** Objects asked for in one run; the rest follows in the next one. */
const MOST = 1_000
const WORKERS = 4

/** An event's moment must be over before Stripe is asked: a second, and the difference of two clocks. In seconds. */
const REST = 2

type Unsure = { store_id: string; mode: Mode; account: string; type: string; id: string }

/**
 * A sync of everything has ended: what it did not meet was deleted behind our back, or is in no list. Stripe is asked
 * for each by itself.
 */
export async function markUnseen(db: Database, cursor: SyncCursor): Promise<void> {
  await db
    .updateTable('stripe_objects')
    .set({ unsure: true })
    .where('store_id', '=', cursor.store_id)
    .where('mode', '=', cursor.mode)
    .where('account', '=', '')
    .where('type', '=', cursor.type)
    .where('updated_at', '<', cursor.started_at)
    .where('deleted', '=', false)
    .execute()
}

type Refetched = { fetched: number; failed: number }

/**
 * Asks Stripe for the objects of which two versions had the same moment, or of which an event showed a part only.
 * Several processes may do so at once; nothing is locked while Stripe is asked.
 */
export async function refetchUnsure(deps: Deps): Promise<Refetched> {
  const done: Refetched = { fetched: 0, failed: 0 }
  const due = await unsure(deps.db)
  const connections = new Map<string, Promise<Connection | undefined>>()
  const resting = new Set<string>()

  async function work(): Promise<void> {
    for (let object = due.shift(); object; object = due.shift()) {
      const key = `${object.store_id} ${object.mode}`
      const found = connections.get(key) ?? activeConnection(deps.db, object.store_id, object.mode)
      connections.set(key, found)
      const connection = await found
      if (!connection || resting.has(key)) continue
      try {
        await refetch(deps, connection, object)
        done.fetched += 1
      } catch (error) {
        const failure = failureOf(error)
        if (!failure) throw error
        done.failed += 1
        if (failure === 'invalid_key') await markInvalid(deps.db, connection)
        if (failure === 'unreachable') await restConnection(deps.db, connection)
        if (failure === 'invalid_key' || failure === 'unreachable') resting.add(key)
        // This key will never tell: what arrived last stays.
        else await settle(deps.db, object)
      }
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  return done
}

async function unsure(db: Database): Promise<Unsure[]> {
  const { rows } = await sql<Unsure>`
    select o.store_id, o.mode, o.account, o.type, o.id from stripe_objects o
    join connections c on c.store_id = o.store_id and c.mode = o.mode and c.state = 'active'
    where o.unsure and greatest(o.seen_at, o.seen_until) < now() - make_interval(secs => ${REST})
      and (c.resting_until is null or c.resting_until <= now())
    order by o.seen_at
    limit ${MOST}`.execute(db)
  return rows
}

async function refetch(deps: Deps, connection: Connection, object: Unsure): Promise<void> {
  const { type, id, ...place } = object
  const kind = kindOf(type)
  if (!kind) return settle(deps.db, object)
  const client = deps.stripe.clientFor(connection)
  const answer = await askObject(client, kind, id, place.account)
  if (!answer) return markDeleted(deps.db, place, type, id)
  await complete(client, answer.body, place.account)
  await keepObjects(deps.db, place, { ...answer, body: [answer.body] })
}

async function settle(db: Database, { store_id, mode, account, type, id }: Unsure): Promise<void> {
  await db
    .updateTable('stripe_objects')
    .set({ unsure: false })
    .where('store_id', '=', store_id)
    .where('mode', '=', mode)
    .where('account', '=', account)
    .where('type', '=', type)
    .where('id', '=', id)
    .execute()
}
