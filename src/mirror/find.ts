import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'

/** The store's own objects of one kind that the mirror has, by their ids; deleted ones are not among them. */
export async function findMirrored(
  db: Database,
  place: { store_id: string; mode: Mode },
  type: string,
  ids: string[],
): Promise<Map<string, Record<string, unknown>>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('stripe_objects')
    .select(['id', 'object'])
    .where('store_id', '=', place.store_id)
    .where('mode', '=', place.mode)
    .where('account', '=', '')
    .where('type', '=', type)
    .where('id', 'in', ids)
    .where('deleted', '=', false)
    .execute()
  return new Map(rows.map(({ id, object }) => [id, object]))
}
