import { sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import type { Mode } from '../lib/mode.ts'
import { failureOf } from '../stripe/errors.ts'
import { activeConnection, markInvalid } from './connections.ts'
import { insertRegistered, NotConnectedInMode, registeredEndpoint, retireEndpoint } from './endpoints.ts'
import { ensureRegistered } from './registration.ts'
import type { Connection } from './table.ts'

/** Each connection is looked at about once a day. */
const BATCH = 50

export const storeJobs = (deps: Deps): Job[] => [
  {
    name: 'check-endpoints',
    cron: '*/10 * * * *',
    async work() {
      for (const { store_id, mode } of await longestUnchecked(deps)) await checkEndpoint(deps, store_id, mode)
    },
  },
]

/**
 * Compares the endpoint that we registered with what Stripe has, and mends or replaces it: `good` afterwards,
 * `missing` when Stripe does not let us have one, undefined when the mode is not connected or the key is refused.
 */
export async function checkEndpoint(
  deps: Deps,
  storeId: string,
  mode: Mode,
): Promise<'good' | 'missing' | undefined> {
  const connection = await activeConnection(deps.db, storeId, mode)
  if (!connection || !(await keyWorks(deps, connection))) return undefined
  const known = await registeredEndpoint(deps.db, connection)
  const ensured = await ensureRegistered(deps, deps.stripe.clientFor(connection), { ...connection, known })
  const made = ensured?.made
  if (made) {
    await deps.db.transaction().execute(trx => insertRegistered(trx, deps, connection, made))
    if (known) await retireEndpoint(deps.db, storeId, known.id)
  }
  if (await registeredEndpoint(deps.db, connection, true)) await ensureConnectEndpoint(deps, connection)
  await deps.db
    .updateTable('connections')
    .set({ checked_at: sql`now()` })
    .where('store_id', '=', storeId)
    .where('id', '=', connection.id)
    .execute()
  return ensured ? 'good' : 'missing'
}

/**
 * Sees to it that we hear of the connected accounts of a store that has vendors. Where Stripe does not let us, they are
 * asked about one by one.
 */
export async function ensureConnectEndpoint(deps: Deps, connection: Connection): Promise<void> {
  const known = await registeredEndpoint(deps.db, connection, true)
  const wanted = { store_id: connection.store_id, all_events: false, connect: true, known }
  const made = (await ensureRegistered(deps, deps.stripe.clientFor(connection), wanted))?.made
  if (!made) return
  await deps.db.transaction().execute(trx => insertRegistered(trx, deps, connection, made, true))
  if (known) await retireEndpoint(deps.db, connection.store_id, known.id)
}

/**
 * Decides whether Stripe reports everything that happens in the account, for the mirror, or only what orders need;
 * and tells Stripe at once, if it has an endpoint of ours. Answers like checkEndpoint. Throws NotConnectedInMode.
 */
export async function reportAllEvents(
  deps: Deps,
  storeId: string,
  mode: Mode,
  allEvents: boolean,
  actor: Actor,
): Promise<'good' | 'missing' | undefined> {
  await deps.db.transaction().execute(async trx => {
    const connection = await trx
      .selectFrom('connections')
      .select(['id', 'all_events'])
      .where('store_id', '=', storeId)
      .where('mode', '=', mode)
      .where('state', 'in', ['active', 'invalid'])
      .forUpdate()
      .executeTakeFirst()
    if (!connection) throw new NotConnectedInMode()
    if (connection.all_events === allEvents) return
    await trx
      .updateTable('connections')
      .set({ all_events: allEvents, updated_at: sql`now()` })
      .where('store_id', '=', storeId)
      .where('id', '=', connection.id)
      .execute()
    await record(trx, storeId, actor, 'webhook.events_chosen', { mode, all_events: allEvents })
  })
  return checkEndpoint(deps, storeId, mode)
}

/** The cheapest question that only a working key can ask. */
async function keyWorks(deps: Deps, connection: Connection): Promise<boolean> {
  try {
    await deps.stripe.clientFor(connection).paymentIntents.list({ limit: 1 })
    return true
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    if (failure === 'invalid_key') await markInvalid(deps.db, connection)
    return failure !== 'invalid_key' && failure !== 'unreachable'
  }
}

function longestUnchecked({ db }: Deps): Promise<{ store_id: string; mode: Mode }[]> {
  return db
    .selectFrom('connections')
    .select(['store_id', 'mode'])
    .where('state', '=', 'active')
    .where('checked_at', '<', sql<Date>`now() - interval '1 day'`)
    .orderBy('checked_at')
    .limit(BATCH)
    .execute()
}
