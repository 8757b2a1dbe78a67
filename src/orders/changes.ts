import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Store } from '../stores/table.ts'
import type { OrderQuery } from './order-schemas.ts'
import { type ListedOrder, orders } from './orders.ts'

/**
 * Changes are listed after so many seconds: what was written at one moment may be seen a little later, and nobody
 * who asks again behind the last change may miss it.
 */
const SETTLED = 5

const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Orders that changed since a moment or behind a cursor, oldest change first. The cursor goes on for ever: it is the
 * place to ask from next time, whether or not there was anything. Whoever follows it sees the last state of every
 * order; one that changed again in between is seen once.
 */
export async function listChanges(
  db: Database,
  store: Store,
  { status, reference, cursor, updated_since, limit }: OrderQuery,
): Promise<{ data: ListedOrder[]; next_cursor: string }> {
  const place = placeOf(cursor, updated_since)
  let query = orders(db, store)
    .select(sql<number>`(extract(epoch from o.updated_at) * 1000000)::bigint`.as('changed'))
    .where(
      sql<boolean>`(o.updated_at, o.id) > (timestamptz 'epoch' + ${place.changed}::bigint * interval '1 microsecond', ${place.id}::uuid)`,
    )
    .where('o.updated_at', '<', sql<Date>`now() - make_interval(secs => ${SETTLED})`)
    .orderBy('o.updated_at')
    .orderBy('o.id')
    .limit(limit)
  if (status) query = query.where('o.status', '=', status)
  if (reference) query = query.where('o.reference', '=', reference)
  const rows = await query.execute()
  const { changed, id } = rows.at(-1) ?? place
  return { data: rows, next_cursor: `c${changed}_${id}` }
}

// A cursor of the other list, by id, has no place here: then the moment alone counts.
function placeOf(cursor: string | undefined, since: string | undefined): { changed: number; id: string } {
  const [, changed, id] = /^c(\d+)_(.+)$/.exec(cursor ?? '') ?? []
  if (changed && id) return { changed: Number(changed), id }
  return { changed: new Date(since ?? 0).getTime() * 1_000, id: FIRST }
}
