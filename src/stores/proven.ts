import type { Database } from '../db/database.ts'

// So that a busy endpoint's row is not what all of its events wait for.
const stale = (endpoint: string) =>
  `(${endpoint}.last_event_at is null or ${endpoint}.last_event_at < now() - interval '1 minute')`

/**
 * Parts of a batch statement: a verified event proves the endpoint whose secret verified it, if that is still in use.
 * `authority` has the events that count, those we fetched ourselves among them. Written down at most once a minute.
 */
export const AUTHORITY = `
  authority as (
    select g.nr, g.store_id, e.id as endpoint_id, ${stale('e')} as stale
    from given g
    left join endpoints e on e.store_id = g.store_id and e.id = g.endpoint_id and e.retired_at is null
    where g.endpoint_id is null or e.id is not null
  )`
export const PROVE_ENDPOINTS = `
  proven as (
    update endpoints e set proven_at = coalesce(e.proven_at, now()), last_event_at = now()
    from authority a
    where a.stale and e.store_id = a.store_id and e.id = a.endpoint_id and ${stale('e')}
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
