import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { THREE_DAYS } from './schedule.ts'
import type { Notification, NotificationEndpoint } from './table.ts'

type Place = { store_id: string; id: string }

/** A process that dies with an endpoint in hand delays it by so many seconds, no more. */
const LEASE = 60

/** What one endpoint is to be sent. */
export type Outgoing = Pick<Notification, 'store_id' | 'endpoint_id' | 'id' | 'type' | 'order_id' | 'body'>

/** Puts notifications on their way. An endpoint that rests because it fails is not woken by that. */
export async function enqueue(trx: Transaction<Tables>, outgoing: Outgoing[], now: Date): Promise<void> {
  if (outgoing.length === 0) return
  const retry_until = new Date(now.getTime() + THREE_DAYS)
  await trx
    .insertInto('notifications')
    .values(
      outgoing.map(one => ({
        ...one,
        created_at: now,
        due_at: now,
        retry_until,
        answer: null,
        delivered_at: null,
        given_up_at: null,
      })),
    )
    .execute()
  const places = [...new Map(outgoing.map(one => [`${one.store_id} ${one.endpoint_id}`, one])).values()]
  await trx
    .updateTable('notification_endpoints')
    .set({
      next_at: sql<Date>`case when failures > 0 then coalesce(next_at, ${now}) else ${now}::timestamptz end`,
    })
    .where(eb =>
      eb(
        eb.refTuple('store_id', 'id'),
        'in',
        places.map(({ store_id, endpoint_id }) => eb.tuple(store_id, endpoint_id)),
      ),
    )
    .execute()
}

/** Takes the endpoint that has waited longest for something to be sent: a healthy one, or one that fails. */
export async function takeEndpoint(
  db: Database,
  kind: 'healthy' | 'failing',
  now: Date,
): Promise<NotificationEndpoint | undefined> {
  const { rows } = await sql<NotificationEndpoint>`
    with next as (
      select store_id, id from notification_endpoints
      where next_at <= ${now} and (busy_until is null or busy_until < ${now}) and state = 'active'
        and (failures > 0) = ${kind === 'failing'}::boolean
      order by next_at limit 1
      for update skip locked
    )
    update notification_endpoints e
    set busy_until = ${now}::timestamptz + make_interval(secs => ${LEASE})
    from next where e.store_id = next.store_id and e.id = next.id
    returning e.*`.execute(db)
  return rows[0]
}

/** Gives an endpoint back: it is taken again when something is due, but not before `rest`. */
export async function releaseEndpoint(
  db: Database,
  { store_id, id }: Place,
  rest: Date | null,
): Promise<void> {
  await db.transaction().execute(async trx => {
    // Locked first, counted second: what somebody puts on its way at this very moment is not overlooked.
    await sql`
      select from notification_endpoints where store_id = ${store_id} and id = ${id} for update`.execute(trx)
    await sql`
      update notification_endpoints
      set busy_until = null,
          next_at = (
            select case when count(*) > 0 then greatest(min(due_at), ${rest}::timestamptz) end
            from notifications
            where store_id = ${store_id} and endpoint_id = ${id} and delivered_at is null and given_up_at is null)
      where store_id = ${store_id} and id = ${id}`.execute(trx)
  })
}

const waiting = (db: Kysely<Tables>, { store_id, id }: Place) =>
  db
    .selectFrom('notifications')
    .where('store_id', '=', store_id)
    .where('endpoint_id', '=', id)
    .where('delivered_at', 'is', null)
    .where('given_up_at', 'is', null)

/** The notification that is due the longest; of equally due ones the oldest. */
export function nextNotification(
  db: Database,
  endpoint: Place,
  now: Date,
): Promise<Notification | undefined> {
  return waiting(db, endpoint)
    .selectAll()
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}

/** The receiver took it. After an outage everything else is due at once, whatever its own schedule says. */
export async function noteDelivered(
  db: Database,
  notification: Notification,
  answer: string,
  { afterOutage, now }: { afterOutage: boolean; now: Date },
): Promise<void> {
  const { store_id, endpoint_id, id } = notification
  await db
    .updateTable('notifications')
    .set({ delivered_at: now, answer, tries: sql`tries + 1` })
    .where('store_id', '=', store_id)
    .where('endpoint_id', '=', endpoint_id)
    .where('id', '=', id)
    .execute()
  await db
    .updateTable('notification_endpoints')
    .set({ failures: 0, failing_since: null })
    .where('store_id', '=', store_id)
    .where('id', '=', endpoint_id)
    .where('failures', '>', 0)
    .execute()
  if (!afterOutage) return
  await db
    .updateTable('notifications')
    .set({ due_at: now })
    .where('store_id', '=', store_id)
    .where('endpoint_id', '=', endpoint_id)
    .where('delivered_at', 'is', null)
    .where('given_up_at', 'is', null)
    .where('due_at', '>', now)
    .execute()
}

/** It did not: tried again at `due` or at the end of its time, if that is earlier; after that it is given up. */
export async function noteFailed(
  db: Database,
  notification: Notification,
  answer: string,
  { due, now }: { due: Date; now: Date },
): Promise<void> {
  const { store_id, endpoint_id, id, retry_until } = notification
  await db
    .updateTable('notifications')
    .set({
      due_at: due < retry_until ? due : retry_until,
      answer,
      tries: sql`tries + 1`,
      given_up_at: now >= retry_until ? now : null,
    })
    .where('store_id', '=', store_id)
    .where('endpoint_id', '=', endpoint_id)
    .where('id', '=', id)
    .execute()
  await db
    .updateTable('notification_endpoints')
    .set({ failures: sql`failures + 1`, failing_since: sql<Date>`coalesce(failing_since, ${now})` })
    .where('store_id', '=', store_id)
    .where('id', '=', endpoint_id)
    .execute()
}
