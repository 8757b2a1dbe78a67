import { sql, type Transaction } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { newId, readStoreToken } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { problem } from '../lib/problem.ts'
import type { Secret } from '../lib/secret.ts'
import type { SealedColumn } from '../vault/rotation.ts'
import type { Registration } from './registration.ts'
import type { Connection, Endpoint } from './table.ts'

export const NotConnectedInMode = problem('not-connected-in-mode', 409, 'There is no connection in this mode')

/** How many secrets verify for one connection at a time: the current one, and others while they roll. */
const MOST_LIVING = 4

/** Where an endpoint's signing secret is sealed. */
export const endpointPlace = (endpoint: { store_id: string; id: string; mode: Mode }) =>
  ({
    store_id: endpoint.store_id,
    purpose: 'webhook_secret',
    mode: endpoint.mode,
    row_id: endpoint.id,
    version: 1,
  }) as const

/** The endpoint that we registered for a connection, if any; or the one that hears of its connected accounts. */
export function registeredEndpoint(
  db: Database,
  connection: { store_id: string; id: string },
  connect = false,
): Promise<Endpoint | undefined> {
  return db
    .selectFrom('endpoints')
    .selectAll()
    .where('store_id', '=', connection.store_id)
    .where('connection_id', '=', connection.id)
    .where('origin', '=', 'registered')
    .where('connect', '=', connect)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
}

/** The same, for whichever connection of the account: keys are replaced, endpoints stay. */
export function registeredEndpointOfAccount(
  db: Database,
  storeId: string,
  mode: Mode,
  accountId: string,
): Promise<Endpoint | undefined> {
  return db
    .selectFrom('endpoints as e')
    .innerJoin('connections as c', join =>
      join.onRef('c.store_id', '=', 'e.store_id').onRef('c.id', '=', 'e.connection_id'),
    )
    .selectAll('e')
    .where('e.store_id', '=', storeId)
    .where('e.mode', '=', mode)
    .where('e.origin', '=', 'registered')
    .where('e.connect', '=', false)
    .where('e.retired_at', 'is', null)
    .where('c.account_id', '=', accountId)
    .orderBy('e.id', 'desc')
    .executeTakeFirst()
}

/**
 * Keeps a signing secret that the merchant pasted, beside those that are there: while a secret rolls, the old and
 * the new one both verify. The oldest pasted ones beyond four retire. Throws NotConnectedInMode.
 */
export async function addPastedEndpoint(
  deps: Deps,
  storeId: string,
  mode: Mode,
  secret: Secret,
  actor: Actor,
): Promise<void> {
  await deps.db.transaction().execute(async trx => {
    const connection = await trx
      .selectFrom('connections')
      .selectAll()
      .where('store_id', '=', storeId)
      .where('mode', '=', mode)
      .where('state', 'in', ['active', 'invalid'])
      .forUpdate()
      .executeTakeFirst()
    if (!connection) throw new NotConnectedInMode()
    await insertPasted(trx, deps, connection, secret)
    await record(trx, storeId, actor, 'webhook_secret.saved', { mode })
    await trx
      .updateTable('endpoints')
      .set({ retired_at: sql`now()` })
      .where('store_id', '=', storeId)
      .where('id', 'in', eb =>
        eb
          .selectFrom('endpoints as e')
          .select('e.id')
          .where('e.store_id', '=', storeId)
          .where('e.connection_id', '=', connection.id)
          .where('e.origin', '=', 'pasted')
          .where('e.retired_at', 'is', null)
          .orderBy('e.id', 'desc')
          .offset(MOST_LIVING)
          .limit(100),
      )
      .execute()
  })
}

/** Stops a secret from verifying. False when there is no such living endpoint. */
export async function retireEndpoint(db: Database, storeId: string, endpointId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('endpoints')
    .set({ retired_at: sql`now()` })
    .where('store_id', '=', storeId)
    .where('id', '=', endpointId)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const insertPasted = (trx: Transaction<Tables>, deps: Deps, connection: Connection, secret: Secret) =>
  insertEndpoint(trx, deps, connection, secret, {
    origin: 'pasted',
    token_digest: null,
    stripe_endpoint_id: null,
    api_version: null,
    connect: false,
  })

export const insertRegistered = (
  trx: Transaction<Tables>,
  deps: Deps,
  connection: Connection,
  { token, secret, stripe_endpoint_id, api_version }: Registration,
  connect = false,
) =>
  insertEndpoint(trx, deps, connection, secret, {
    origin: 'registered',
    token_digest: readStoreToken(token)!.digest,
    stripe_endpoint_id,
    api_version,
    connect,
  })

async function insertEndpoint(
  trx: Transaction<Tables>,
  { vault }: Deps,
  connection: Connection,
  secret: Secret,
  kind: Pick<Endpoint, 'origin' | 'token_digest' | 'stripe_endpoint_id' | 'api_version' | 'connect'>,
): Promise<void> {
  const row = { store_id: connection.store_id, id: newId(), mode: connection.mode }
  await trx
    .insertInto('endpoints')
    .values({
      ...row,
      ...kind,
      connection_id: connection.id,
      secret_box: vault.seal(endpointPlace(row), secret),
      proven_at: null,
      last_event_at: null,
      retired_at: null,
    })
    .execute()
}

export const sealedSigningSecrets: SealedColumn = {
  table: 'endpoints',
  column: 'secret_box',
  key: ['store_id', 'id'],
  needs: ['mode'],
  placeOf: row => endpointPlace(row as Parameters<typeof endpointPlace>[0]),
}
