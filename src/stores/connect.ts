import { sql, type Transaction } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { newId } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import { problem } from '../lib/problem.ts'
import { tell } from '../outbox/outbox.ts'
import { secretKeyPlace } from '../stripe/stripe.ts'
import { type Authority, actorOf, isFresh } from './authority.ts'
import { newestConnection } from './connections.ts'
import { insertPasted, insertRegistered, registeredEndpointOfAccount } from './endpoints.ts'
import type { KeyPair } from './keys.ts'
import { spendConnectLink } from './links.ts'
import { type Proof, proveKeys } from './proof.ts'
import { ensureRegistered, unregister } from './registration.ts'
import type { Connection, Store } from './table.ts'

export const LinkSpent = problem('connect-link-spent', 409, 'This link was used already')
export const LiveKeysRefused = problem(
  'live-keys-refused',
  422,
  'Live keys are only accepted for Stripe itself',
)

export const AnotherAccount = problem('another-account', 403, 'These keys belong to another Stripe account')

/**
 * Connects a store: proves the keys at Stripe, registers the webhook endpoint with them (or finds the one of
 * before), and saves all of it in one transaction, which also spends the link if there is one. Whatever fails
 * leaves nothing behind, here or at Stripe. Keys of another account than the last one need a code that the owner
 * typed just now, whatever else is held, and the owner is told. Throws the Problems of proveKeys, AnotherAccount,
 * LinkSpent and LiveKeysRefused.
 */
export async function connectStore(
  deps: Deps,
  store: Store,
  keys: KeyPair,
  authority: Authority,
): Promise<Connection> {
  if (keys.mode === 'live' && !deps.config.stripe.liveKeys) throw new LiveKeysRefused()
  const proof = await proveKeys(deps, keys, store.currency)
  const before = await newestConnection(deps.db, store.id, keys.mode)
  const replacesAccount = before !== undefined && before.account_id !== proof.account_id
  if (replacesAccount && !isFresh(authority)) {
    throw new AnotherAccount(
      'Sign in with a new code to confirm that you own this store. Then connect the keys again.',
    )
  }
  const client = deps.stripe.clientWith(keys.secret_key)
  const allEvents = before !== undefined && !replacesAccount && before.all_events
  const known = await registeredEndpointOfAccount(deps.db, store.id, keys.mode, proof.account_id)
  const registration = proof.permissions.webhook_endpoints
    ? await ensureRegistered(deps, client, { store_id: store.id, all_events: allEvents, known })
    : undefined
  const made = registration?.made
  try {
    return await deps.db.transaction().execute(async trx => {
      if (authority.kind === 'link' && !(await spendConnectLink(trx, authority.link))) throw new LinkSpent()
      const connection = await replaceConnection(trx, deps, store, keys, proof, allEvents)
      await recordKeys(trx, connection, actorOf(authority, store))
      if (replacesAccount)
        await tell(trx, store.id, {
          kind: 'store.account_replaced',
          mode: connection.mode,
          account_id: connection.account_id,
        })
      await moveEndpoints(trx, connection)
      if (made) await insertRegistered(trx, deps, connection, made)
      if (made && known) await retire(trx, known)
      if (keys.webhook_secret) await insertPasted(trx, deps, connection, keys.webhook_secret)
      return connection
    })
  } catch (error) {
    if (made) await unregister(client, made.stripe_endpoint_id)
    throw error
  }
}

async function recordKeys(trx: Transaction<Tables>, connection: Connection, actor: Actor): Promise<void> {
  const { store_id, mode, account_id, key_kind, version } = connection
  const action = version === 1 ? 'keys.connected' : 'keys.replaced'
  await record(trx, store_id, actor, action, { mode, account_id, key_kind })
  await tell(trx, store_id, { kind: 'store.connected', mode, account_id })
}

// The previous connection stays: orders that it charged are refunded with it.
async function replaceConnection(
  trx: Transaction<Tables>,
  { vault }: Deps,
  store: Store,
  keys: KeyPair,
  proof: Proof,
  allEvents: boolean,
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
      all_events: allEvents,
      secret_key_box: vault.seal(secretKeyPlace(row), keys.secret_key),
      state: 'active',
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await takePaymentsIn(trx, store, keys.mode)
  return connection
}

// New keys of the same account: its endpoints go on delivering, so they go on verifying.
async function moveEndpoints(trx: Transaction<Tables>, connection: Connection): Promise<void> {
  await trx
    .updateTable('endpoints')
    .set({ connection_id: connection.id })
    .where('store_id', '=', connection.store_id)
    .where('mode', '=', connection.mode)
    .where('retired_at', 'is', null)
    .where('connection_id', 'in', eb =>
      eb
        .selectFrom('connections')
        .select('id')
        .where('store_id', '=', connection.store_id)
        .where('mode', '=', connection.mode)
        .where('account_id', '=', connection.account_id),
    )
    .execute()
}

async function retire(trx: Transaction<Tables>, endpoint: { store_id: string; id: string }): Promise<void> {
  await trx
    .updateTable('endpoints')
    .set({ retired_at: sql`now()` })
    .where('store_id', '=', endpoint.store_id)
    .where('id', '=', endpoint.id)
    .execute()
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
