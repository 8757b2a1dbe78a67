import { sql, type Transaction } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { newId, readStoreToken } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { problem } from '../lib/problem.ts'
import type { Secret } from '../lib/secret.ts'
import { secretKeyPlace } from '../stripe/stripe.ts'
import { type RegisteredEndpoint, registerEndpoint, unregisterEndpoint } from './endpoints.ts'
import type { KeyPair } from './keys.ts'
import { type ConnectLink, spendConnectLink } from './links.ts'
import { type Proof, proveKeys } from './proof.ts'
import type { Connection, Store } from './table.ts'

export const LinkSpent = problem('connect-link-spent', 409, 'This link was used already')
export const LiveKeysRefused = problem(
  'live-keys-refused',
  422,
  'Live keys are only accepted for Stripe itself',
)

/**
 * Connects a store: proves the keys at Stripe, registers the webhook endpoint with them, and saves all of it in
 * one transaction that also spends the link. Whatever fails leaves nothing behind, here or at Stripe.
 * Throws the Problems of proveKeys, LinkSpent and LiveKeysRefused.
 */
export async function connectStore(
  deps: Deps,
  store: Store,
  keys: KeyPair,
  link: ConnectLink,
): Promise<Connection> {
  if (keys.mode === 'live' && !deps.config.stripe.liveKeys) throw new LiveKeysRefused()
  const proof = await proveKeys(deps, keys, store.currency)
  const client = deps.stripe.clientWith(keys.secret_key)
  const registered = proof.permissions.webhook_endpoints
    ? await registerEndpoint(deps, client, store.id)
    : undefined
  try {
    return await deps.db.transaction().execute(async trx => {
      if (!(await spendConnectLink(trx, link))) throw new LinkSpent()
      const connection = await replaceConnection(trx, deps, store, keys, proof)
      if (registered) await insertEndpoint(trx, deps, connection, registered)
      if (keys.webhook_secret) await insertEndpoint(trx, deps, connection, { secret: keys.webhook_secret })
      return connection
    })
  } catch (error) {
    if (registered) await unregisterEndpoint(client, registered.stripe_endpoint_id)
    throw error
  }
}

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

export function findConnection(db: Database, storeId: string, id: string): Promise<Connection | undefined> {
  return db
    .selectFrom('connections')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Stripe answered 401: the key was rolled or revoked. No payment is tried with it until the owner acts. */
export async function markInvalid(
  db: Database,
  connection: Pick<Connection, 'store_id' | 'id'>,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ state: 'invalid', updated_at: sql`now()` })
    .where('store_id', '=', connection.store_id)
    .where('id', '=', connection.id)
    .where('state', '=', 'active')
    .execute()
}

// The previous connection stays: orders that it charged are refunded with it.
async function replaceConnection(
  trx: Transaction<Tables>,
  { vault }: Deps,
  store: Store,
  keys: KeyPair,
  proof: Proof,
): Promise<Connection> {
  // The row of the store is the lock: two people who connect at once get versions in a row.
  await trx.selectFrom('stores').select('id').where('id', '=', store.id).forUpdate().execute()
  const { newest } = await trx
    .selectFrom('connections')
    .select(eb => eb.fn.coalesce(eb.fn.max('version'), sql<number>`0`).as('newest'))
    .where('store_id', '=', store.id)
    .where('mode', '=', keys.mode)
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('connections')
    .set({ state: 'replaced', updated_at: sql`now()` })
    .where('store_id', '=', store.id)
    .where('mode', '=', keys.mode)
    .where('state', 'in', ['active', 'invalid'])
    .execute()

  const row = { store_id: store.id, id: newId(), mode: keys.mode, version: newest + 1 }
  const connection = await trx
    .insertInto('connections')
    .values({
      ...row,
      ...proof,
      permissions: JSON.stringify(proof.permissions),
      publishable_key: keys.publishable_key,
      key_kind: keys.key_kind,
      secret_key_box: vault.seal(secretKeyPlace(row), keys.secret_key),
      state: 'active',
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await takePaymentsIn(trx, store, keys.mode)
  return connection
}

// The first keys decide which mode takes payments; later ones leave a working mode alone.
async function takePaymentsIn(trx: Transaction<Tables>, store: Store, mode: Mode): Promise<void> {
  await trx
    .updateTable('stores')
    .set({ mode, updated_at: sql`now()` })
    .where('id', '=', store.id)
    .where('mode', '!=', mode)
    .where(eb =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('connections')
            .select('connections.id')
            .where('connections.store_id', '=', store.id)
            .where('connections.mode', '!=', mode)
            .where('connections.state', '=', 'active'),
        ),
      ),
    )
    .execute()
}

async function insertEndpoint(
  trx: Transaction<Tables>,
  { vault }: Deps,
  connection: Connection,
  endpoint: { secret: Secret } | RegisteredEndpoint,
): Promise<void> {
  const registered = 'token' in endpoint ? endpoint : undefined
  const id = newId()
  await trx
    .insertInto('endpoints')
    .values({
      store_id: connection.store_id,
      id,
      connection_id: connection.id,
      mode: connection.mode,
      origin: registered ? 'registered' : 'pasted',
      token_digest: registered ? readStoreToken(registered.token)!.digest : null,
      stripe_endpoint_id: registered?.stripe_endpoint_id ?? null,
      api_version: registered?.api_version ?? null,
      secret_box: vault.seal(endpointPlace({ ...connection, id }), endpoint.secret),
      proven_at: null,
      last_event_at: null,
      retired_at: null,
    })
    .execute()
}

/** Where an endpoint's signing secret is sealed. */
export const endpointPlace = (endpoint: { store_id: string; id: string; mode: Mode }) =>
  ({
    store_id: endpoint.store_id,
    purpose: 'webhook_secret',
    mode: endpoint.mode,
    row_id: endpoint.id,
    version: 1,
  }) as const
