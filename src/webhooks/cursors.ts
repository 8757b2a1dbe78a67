import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'

/** How often the events of a connection are fetched: with payments open, and otherwise. In minutes. */
const WITH_OPEN_PAYMENTS = 5
const OTHERWISE = 6 * 60

type Place = { store_id: string; connection_id: string }

/** How far the events of a connection were fetched, with its key, still sealed, and its endpoints. */
export type Cursor = Place & {
  mode: Mode
  account_id: string
  version: number
  secret_key_box: string
  seen_until: Date
  listed_after: string | null
  listed_until: Date | null
  /** Endpoints that should be delivering, and when one did last. */
  endpoints: number
  last_event_at: Date | null
}

/** Connections that were made since the last look begin where the one before them of the same account got to. */
export async function beginCursors(db: Database): Promise<void> {
  await sql`
    insert into event_cursors (store_id, connection_id, seen_until)
    select c.store_id, c.id, coalesce(
      (select max(k.seen_until) from event_cursors k
       join connections before on before.store_id = k.store_id and before.id = k.connection_id
       where k.store_id = c.store_id and before.mode = c.mode and before.account_id = c.account_id),
      c.created_at)
    from connections c
    where c.state = 'active'
      and not exists (select from event_cursors k where k.store_id = c.store_id and k.connection_id = c.id)
    on conflict do nothing`.execute(db)
}

/** Whose turn it is, longest unfetched first. Found from the open payments, which are few, however many stores. */
export async function dueCursors(db: Database, most: number): Promise<Place[]> {
  const { rows } = await sql<Place>`
    with waiting as (select distinct store_id, mode from payments where closed_at is null),
    due as (
      select k.store_id, k.connection_id, k.fetched_at
      from waiting w
      join connections c on c.store_id = w.store_id and c.mode = w.mode and c.state = 'active'
      join event_cursors k on k.store_id = c.store_id and k.connection_id = c.id
      where k.fetched_at < now() - make_interval(mins => ${WITH_OPEN_PAYMENTS})
      union
      select store_id, connection_id, fetched_at from event_cursors
      where fetched_at < now() - make_interval(mins => ${OTHERWISE})
      union
      select store_id, connection_id, fetched_at from event_cursors where listed_after is not null
    )
    select due.store_id, due.connection_id from due
    join connections c on c.store_id = due.store_id and c.id = due.connection_id
    where c.state = 'active' and (c.resting_until is null or c.resting_until <= now())
    order by due.fetched_at
    limit ${most}`.execute(db)
  return rows
}

/** Takes a cursor that is due; undefined when another instance was quicker. */
export async function takeCursor(db: Database, place: Place): Promise<Cursor | undefined> {
  const { rows } = await sql<Cursor>`
    update event_cursors k set fetched_at = now()
    from connections c
    where k.store_id = ${place.store_id}::uuid and k.connection_id = ${place.connection_id}::uuid
      and c.store_id = k.store_id and c.id = k.connection_id and c.state = 'active'
      and k.fetched_at < now() - interval '1 minute'
    returning k.store_id, k.connection_id, c.mode, c.account_id, c.version, c.secret_key_box,
      k.seen_until, k.listed_after, k.listed_until,
      (select count(*)::int from endpoints e
       where e.store_id = c.store_id and e.connection_id = c.id and e.retired_at is null and not e.connect) as endpoints,
      (select max(last_event_at) from endpoints e
       where e.store_id = c.store_id and e.connection_id = c.id and e.retired_at is null and not e.connect) as last_event_at`.execute(
    db,
  )
  return rows[0]
}

/** A page of the listing was taken in: it goes on behind `after`, or is through, and then up to `until`. */
export async function moveCursor(
  db: Database,
  place: Place,
  { after, until }: { after: string | null; until: Date | null },
): Promise<void> {
  await db
    .updateTable('event_cursors')
    .set(
      after === null
        ? {
            seen_until: sql<Date>`greatest(seen_until, ${until}::timestamptz)`,
            listed_after: null,
            listed_until: null,
          }
        : { listed_after: after, listed_until: until },
    )
    .where('store_id', '=', place.store_id)
    .where('connection_id', '=', place.connection_id)
    .execute()
}
