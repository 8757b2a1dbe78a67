import { sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import { type Listed, listed } from '../lib/listing.ts'
import { findEndpoint } from './endpoints.ts'
import { THREE_DAYS } from './schedule.ts'
import type { NotificationQuery, Replay } from './schemas.ts'
import type { Notification } from './table.ts'

type Place = { store_id: string; id: string }
type State = 'waiting' | 'delivered' | 'given_up'

/** How long a notification that is over can be looked at and sent again, in days. */
const KEPT_DAYS = 30

/** What an endpoint was sent, and what is on its way, newest first, a page at a time. Throws NotFound. */
export async function listNotifications(
  db: Database,
  place: Place,
  { state, cursor, limit }: NotificationQuery,
): Promise<Listed<Notification & { state: State }>> {
  await findEndpoint(db, place)
  let query = db
    .selectFrom('notifications')
    .selectAll()
    .where('store_id', '=', place.store_id)
    .where('endpoint_id', '=', place.id)
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor) query = query.where('id', '<', cursor)
  if (state === 'delivered') query = query.where('delivered_at', 'is not', null)
  if (state === 'given_up') query = query.where('given_up_at', 'is not', null)
  if (state === 'waiting') query = query.where('delivered_at', 'is', null).where('given_up_at', 'is', null)
  const { data, next_cursor } = listed(await query.execute(), limit)
  return { data: data.map(row => ({ ...row, state: stateOf(row) })), next_cursor }
}

/** How many notifications were given up in the last month, for each endpoint of the store that has any. */
export async function countGivenUp(db: Database, storeId: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('notifications')
    .select(eb => ['endpoint_id', eb.fn.countAll<number>().as('count')])
    .where('store_id', '=', storeId)
    .where('given_up_at', 'is not', null)
    .groupBy('endpoint_id')
    .execute()
  return new Map(rows.map(({ endpoint_id, count }) => [endpoint_id, count]))
}

/** What was told, or is on its way, about an order, oldest first; kept as long as notifications are. */
export async function notificationsOfOrder(
  db: Database,
  storeId: string,
  orderId: string,
): Promise<(Notification & { state: State })[]> {
  const rows = await db
    .selectFrom('notifications')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('order_id', '=', orderId)
    .orderBy('id')
    .execute()
  return rows.map(row => ({ ...row, state: stateOf(row) }))
}

const stateOf = ({ delivered_at, given_up_at }: Notification): State =>
  delivered_at ? 'delivered' : given_up_at ? 'given_up' : 'waiting'

/**
 * Sends again what was sent, or given up: one notification, or all since a moment. They keep their ids, so a receiver
 * that took them sees that. Returns how many. Throws NotFound.
 */
export async function replayNotifications(
  db: Database,
  place: Place,
  { id, since }: Replay,
  actor: Actor,
): Promise<{ notifications: number }> {
  await findEndpoint(db, place)
  return db.transaction().execute(async trx => {
    let query = trx
      .updateTable('notifications')
      .set({
        due_at: sql<Date>`now()`,
        retry_until: new Date(Date.now() + THREE_DAYS),
        tries: 0,
        delivered_at: null,
        given_up_at: null,
      })
      .where('store_id', '=', place.store_id)
      .where('endpoint_id', '=', place.id)
    if (id) query = query.where('id', '=', id)
    if (since) query = query.where('created_at', '>=', new Date(since))
    const { numUpdatedRows } = await query.executeTakeFirst()
    await trx
      .updateTable('notification_endpoints')
      .set({ next_at: sql<Date>`now()` })
      .where('store_id', '=', place.store_id)
      .where('id', '=', place.id)
      .execute()
    const notifications = Number(numUpdatedRows)
    await record(trx, place.store_id, actor, 'notification_endpoint.replayed', {
      endpoint: place.id,
      notifications,
    })
    return { notifications }
  })
}

/** Forgets notifications that have been over for a month. */
export async function tidyNotifications(db: Database): Promise<void> {
  await db
    .deleteFrom('notifications')
    .where('created_at', '<', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
    .where(eb => eb.or([eb('delivered_at', 'is not', null), eb('given_up_at', 'is not', null)]))
    .execute()
}
