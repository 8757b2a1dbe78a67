import { sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { tell } from '../outbox/outbox.ts'
import { NotConnectedInMode, registeredEndpoint } from './endpoints.ts'
import { unregister } from './registration.ts'
import type { Connection, Permission } from './table.ts'

/** The connection that takes payments in a mode, if it works. */
export function activeConnection(db: Database, storeId: string, mode: Mode): Promise<Connection | undefined> {
  return db
    .selectFrom('connections')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('mode', '=', mode)
    .where('state', '=', 'active')
    .executeTakeFirst()
}

/** The connections in use, at most one of each mode; one that Stripe rejects is among them until it is replaced. */
export function connectionsInUse(db: Database, storeId: string): Promise<Connection[]> {
  return db
    .selectFrom('connections')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('state', 'in', ['active', 'invalid'])
    .execute()
}

/** The last connection of a mode, whatever became of it: where the money went until now. */
export function newestConnection(db: Database, storeId: string, mode: Mode): Promise<Connection | undefined> {
  return db
    .selectFrom('connections')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('mode', '=', mode)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/**
 * Stripe answered 401: the key was rolled or revoked. No payment is tried with it until the owner acts. True when
 * this was the first time, so that the owner is told once.
 */
export async function markInvalid(
  db: Database,
  connection: Pick<Connection, 'store_id' | 'id'>,
): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const marked = await trx
      .updateTable('connections')
      .set({ state: 'invalid', updated_at: sql`now()` })
      .where('store_id', '=', connection.store_id)
      .where('id', '=', connection.id)
      .where('state', '=', 'active')
      .returning(['mode', 'account_id'])
      .executeTakeFirst()
    if (marked) await tell(trx, connection.store_id, { kind: 'store.connection_invalid', ...marked })
    return marked !== undefined
  })
}

/** Stripe answered 403: the key works, but its owner took this permission away. Shown wherever the key is shown. */
export const notePermissionMissing = (
  db: Database,
  connection: Pick<Connection, 'store_id' | 'id'>,
  permission: Permission,
): Promise<void> => notePermission(db, connection, permission, false)

/** Keeps what Stripe said just now about a permission of a key. */
export async function notePermission(
  db: Database,
  connection: Pick<Connection, 'store_id' | 'id'>,
  permission: Permission,
  granted: boolean,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      permissions: sql`permissions || ${JSON.stringify({ [permission]: granted })}::jsonb`,
      updated_at: sql`now()`,
    })
    .where('store_id', '=', connection.store_id)
    .where('id', '=', connection.id)
    .execute()
}

/**
 * Disconnects a mode: no more payments, our endpoints are removed at Stripe, their secrets no longer verify. The sealed
 * key stays, because refunds of what it charged need it. Throws NotConnectedInMode.
 */
export async function disconnectStore(deps: Deps, storeId: string, mode: Mode, actor: Actor): Promise<void> {
  const connection = (await connectionsInUse(deps.db, storeId)).find(one => one.mode === mode)
  if (!connection) throw new NotConnectedInMode()
  const registered = await Promise.all(
    [false, true].map(connect => registeredEndpoint(deps.db, connection, connect)),
  )
  await deps.db.transaction().execute(async trx => {
    await trx
      .updateTable('connections')
      .set({ state: 'disconnected', updated_at: sql`now()` })
      .where('store_id', '=', storeId)
      .where('id', '=', connection.id)
      .execute()
    await trx
      .updateTable('endpoints')
      .set({ retired_at: sql`now()` })
      .where('store_id', '=', storeId)
      .where('connection_id', '=', connection.id)
      .where('retired_at', 'is', null)
      .execute()
    const { account_id } = connection
    await record(trx, storeId, actor, 'keys.disconnected', { mode })
    await tell(trx, storeId, { kind: 'store.disconnected', mode, account_id })
  })
  for (const endpoint of registered) {
    if (!endpoint?.stripe_endpoint_id) continue
    await unregister(deps.stripe.clientFor(connection), endpoint.stripe_endpoint_id)
  }
}
