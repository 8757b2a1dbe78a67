import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Mode } from '../lib/mode.ts'
import type { BadObject, SyncCursor } from './table.ts'

export type StoreMode = { store_id: string; mode: Mode }

/** Bad objects that are remembered by name; the others are counted. */
const NAMED = 20

/** `last`: what was created since the last time a kind came to its end began. */
export type Since = Date | 'last' | null

/** An hour, in which objects may have come late into Stripe's lists. */
const OVERLAP = '1 hour'

/** Begins these kinds anew, with a guess of how many there will be: as many as the mirror has. */
export async function beginCursors(
  db: Kysely<Tables>,
  { store_id, mode }: StoreMode,
  connectionId: string,
  types: string[],
  since: Since,
): Promise<void> {
  const from = since === 'last' ? null : since
  await sql`
    insert into sync_cursors as c (store_id, mode, type, connection_id, state, since, expected)
    select ${store_id}::uuid, ${mode}::text, t.type, ${connectionId}::uuid, 'waiting', ${from}::timestamptz, nullif((
      select count(*) from stripe_objects o
      where o.store_id = ${store_id}::uuid and o.type = t.type and o.mode = ${mode}::text and o.account = ''
        and not o.deleted and (${from}::timestamptz is null or o.created >= ${from}::timestamptz)), 0)
    from unnest(${types}::text[]) as t (type)
    on conflict (store_id, mode, type) do update
    set connection_id = excluded.connection_id, state = 'waiting', after = null, reached = null, done = 0,
        since = case when ${since === 'last'}::boolean then c.complete_at - ${OVERLAP}::interval
                     else excluded.since end,
        expected = excluded.expected, bad = 0, bad_objects = '[]', worker = null, started_at = now(),
        touched_at = now(), finished_at = null`.execute(db)
}

/**
 * Takes a kind that is to be fetched and that nobody has worked on for `idle` seconds. Whoever had it before finds
 * out with its next page. Kinds in `tried` are left out.
 */
export async function takeCursor(
  db: Database,
  { store_id, mode }: StoreMode,
  worker: string,
  idle: number,
  tried: string[],
): Promise<SyncCursor | undefined> {
  const { rows } = await sql<SyncCursor>`
    update sync_cursors set worker = ${worker}::uuid, state = 'running', touched_at = now()
    where (store_id, mode, type) = (
      select store_id, mode, type from sync_cursors
      where store_id = ${store_id}::uuid and mode = ${mode}::text
        and (state = 'waiting' or (state = 'running' and touched_at <= now() - make_interval(secs => ${idle})))
        and type <> all (${tried}::text[])
      order by expected desc nulls first, type limit 1 for update skip locked)
    returning *`.execute(db)
  return rows[0]
}

type Step = {
  after: string | null
  reached: Date | null
  done: number
  expected: number | null
  bad: BadObject[]
}

/** A page was kept. False when somebody else has taken over, or begun anew. */
export async function moveCursor(db: Database, cursor: SyncCursor, step: Step): Promise<boolean> {
  const { numUpdatedRows } = await owned(db, cursor)
    .set({
      after: step.after,
      reached: step.reached,
      done: step.done,
      expected: step.expected,
      bad: sql<number>`bad + ${step.bad.length}`,
      bad_objects: sql`case when jsonb_array_length(bad_objects) < ${NAMED}
        then bad_objects || ${JSON.stringify(step.bad.slice(0, NAMED))}::jsonb else bad_objects end`,
      touched_at: sql<Date>`now()`,
    })
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** A kind came to its end, or cannot be read with this key. */
export async function endCursor(
  db: Database,
  cursor: SyncCursor,
  state: 'done' | 'forbidden' | 'refused',
): Promise<void> {
  await owned(db, cursor)
    .set({
      state,
      touched_at: sql<Date>`now()`,
      finished_at: sql<Date>`now()`,
      expected: sql<number>`done`,
      ...(state === 'done' && { complete_at: sql<Date>`started_at` }),
    })
    .execute()
}

/** Gives a kind back: somebody goes on later from the same place. */
export async function leaveCursor(db: Database, cursor: SyncCursor): Promise<void> {
  await owned(db, cursor).set({ state: 'waiting', worker: null, touched_at: sql<Date>`now()` }).execute()
}

const owned = (db: Database, { store_id, mode, type, worker }: SyncCursor) =>
  db
    .updateTable('sync_cursors')
    .where('store_id', '=', store_id)
    .where('mode', '=', mode)
    .where('type', '=', type)
    .where('worker', '=', worker)
    .where('state', '=', 'running')

/** Every kind of a store and mode that was ever fetched. */
export function cursorsOf(db: Database, { store_id, mode }: StoreMode): Promise<SyncCursor[]> {
  return db
    .selectFrom('sync_cursors')
    .selectAll()
    .where('store_id', '=', store_id)
    .where('mode', '=', mode)
    .execute()
}

/** Stores with kinds to fetch that nobody works on, and whose key may be used, longest waiting first. */
export async function dueSyncs(db: Database, idle: number, most: number): Promise<StoreMode[]> {
  const { rows } = await sql<StoreMode>`
    select s.store_id, s.mode from sync_cursors s
    join connections c on c.store_id = s.store_id and c.id = s.connection_id and c.state = 'active'
    where (s.state = 'waiting'
        or (s.state = 'running' and s.touched_at <= now() - make_interval(secs => ${idle})))
      and (c.resting_until is null or c.resting_until <= now())
    group by s.store_id, s.mode
    order by min(s.touched_at)
    limit ${most}`.execute(db)
  return rows
}
