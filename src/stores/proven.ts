import type { Database } from '../db/database.ts'

/**
 * Part of a statement: a verified event proves the endpoints whose ids `ids` selects. Written down at most once a
 * minute, so that a busy endpoint's row is not what all of its events wait for.
 */
export const proveEndpoints = (ids: string) => `
  proven as (
    update endpoints set proven_at = coalesce(proven_at, now()), last_event_at = now()
    where store_id = :store_id::uuid and id in (${ids})
      and (last_event_at is null or last_event_at < now() - interval '1 minute')
  )`

/** A dashboard's test event proves the endpoint, keeps it armed for the next one, and changes nothing else. */
export async function proveEndpoint(db: Database, endpoint: { store_id: string; id: string }): Promise<void> {
  await db
    .updateTable('endpoints')
    .set(eb => ({
      proven_at: eb.fn.coalesce('proven_at', eb.fn<Date>('now', [])),
      last_event_at: eb.fn<Date>('now', []),
      armed_at: eb.fn<Date>('now', []),
    }))
    .where('store_id', '=', endpoint.store_id)
    .where('id', '=', endpoint.id)
    .execute()
}
