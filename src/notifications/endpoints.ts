import { type Kysely, sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { BadInput, NotFound } from '../lib/problem.ts'
import { reveal } from '../lib/secret.ts'
import { literalOf, mayReach } from './addresses.ts'
import type { EndpointInput } from './schemas.ts'
import { newSigningSecret, signingPlace } from './signing.ts'
import type { NotificationEndpoint } from './table.ts'

/** How long the previous secret signs along after a rotation, in hours. */
const OVERLAP_HOURS = 24

type Place = { store_id: string; id: string }

const rowsAt = (db: Kysely<Tables>, { store_id, id }: Place) =>
  db.selectFrom('notification_endpoints').selectAll().where('store_id', '=', store_id).where('id', '=', id)

/** Throws NotFound. */
export async function findEndpoint(db: Kysely<Tables>, place: Place): Promise<NotificationEndpoint> {
  const endpoint = await rowsAt(db, place).executeTakeFirst()
  if (!endpoint) throw new NotFound('There is no such notification endpoint.')
  return endpoint
}

export function listEndpoints(db: Kysely<Tables>, storeId: string): Promise<NotificationEndpoint[]> {
  return db
    .selectFrom('notification_endpoints')
    .selectAll()
    .where('store_id', '=', storeId)
    .orderBy('id')
    .execute()
}

/**
 * Sets where a store's notifications go. A new endpoint comes with its secret, this once; an existing one keeps its
 * own, and one that was disabled is tried again. Throws BadInput for an address that nothing is ever sent to.
 */
export async function saveEndpoint(
  deps: Deps,
  place: Place,
  { url, types }: EndpointInput,
  actor: Actor,
): Promise<NotificationEndpoint & { secret?: string }> {
  refuseUnreachable(deps, url)
  const secret = newSigningSecret()
  const wanted = { url, types: types ?? null }
  return deps.db.transaction().execute(async trx => {
    await record(trx, place.store_id, actor, 'notification_endpoint.saved', { endpoint: place.id, url })
    const made = await trx
      .insertInto('notification_endpoints')
      .values({
        ...place,
        ...wanted,
        secret_box: deps.vault.seal(signingPlace(place, 1), secret),
        previous_secret_box: null,
        previous_until: null,
        failing_since: null,
        next_at: null,
        busy_until: null,
      })
      .onConflict(conflict => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (made) return { ...made, secret: reveal(secret) }
    return trx
      .updateTable('notification_endpoints')
      .set({ ...wanted, state: 'active', failures: 0, failing_since: null, updated_at: sql`now()` })
      .set({ next_at: sql<Date>`now()` })
      .where('store_id', '=', place.store_id)
      .where('id', '=', place.id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

// Said early where it can be: names are looked up when something is sent, and judged then.
function refuseUnreachable({ config }: Deps, url: string): void {
  const { protocol, hostname } = new URL(url)
  const literal = literalOf(hostname)
  const detail =
    config.production && protocol !== 'https:'
      ? 'must be https'
      : literal !== undefined && !mayReach(literal, { loopback: !config.production })
        ? 'is not a public address'
        : undefined
  if (detail) throw new BadInput({ errors: [{ pointer: '/url', detail }] })
}

/** Deletes an endpoint, and with it what was still on its way there. Throws NotFound. */
export async function deleteEndpoint(deps: Deps, place: Place, actor: Actor): Promise<void> {
  await deps.db.transaction().execute(async trx => {
    const { numDeletedRows } = await trx
      .deleteFrom('notification_endpoints')
      .where('store_id', '=', place.store_id)
      .where('id', '=', place.id)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw new NotFound('There is no such notification endpoint.')
    await record(trx, place.store_id, actor, 'notification_endpoint.deleted', { endpoint: place.id })
  })
}

/** A new secret; the one before signs along for a day, so that no notification fails meanwhile. Throws NotFound. */
export async function rollSecret(
  deps: Deps,
  place: Place,
  actor: Actor,
): Promise<{ secret: string; previous_until: Date }> {
  const secret = newSigningSecret()
  const previous_until = new Date(Date.now() + OVERLAP_HOURS * 3_600_000)
  await deps.db.transaction().execute(async trx => {
    const endpoint = await rowsAt(trx, place).forUpdate().executeTakeFirst()
    if (!endpoint) throw new NotFound('There is no such notification endpoint.')
    const version = endpoint.secret_version + 1
    await trx
      .updateTable('notification_endpoints')
      .set({
        secret_version: version,
        secret_box: deps.vault.seal(signingPlace(place, version), secret),
        previous_secret_box: endpoint.secret_box,
        previous_until,
        updated_at: sql`now()`,
      })
      .where('store_id', '=', place.store_id)
      .where('id', '=', place.id)
      .execute()
    await record(trx, place.store_id, actor, 'notification_endpoint.secret_rolled', { endpoint: place.id })
  })
  return { secret: reveal(secret), previous_until }
}
