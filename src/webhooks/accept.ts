import type { Database } from '../db/database.ts'
import { mirrorObject } from '../mirror/mirror.ts'
import { countSettled } from '../orders/settled.ts'
import { proveEndpoints } from '../stores/proven.ts'
import type { StripeEvent } from './event.ts'
import { type Authority, OUTCOME, settlingBy } from './settling.ts'

export type { Authority } from './settling.ts'

export type Outcome = 'processed' | 'already_processed' | 'ignored' | 'quarantined'

type Row = { known: boolean; outcome: Exclude<Outcome, 'already_processed'> | null; settled: boolean }

// Inbox, order, timeline, mirror and the endpoint's proof in one statement: one round trip, which it shares with others
// when there are many, and a row per event id decides which of many equal deliveries does the work.
const accept = settlingBy<Row>(
  'accept',
  ({ judge, applyWhen }) => `
    with authority as (
      select :endpoint_id::uuid as id
      where :endpoint_id::uuid is null or exists (
        select from endpoints where store_id = :store_id::uuid and id = :endpoint_id::uuid and retired_at is null)
    ),
    ${judge},
    inbox as (
      insert into events (store_id, mode, id, endpoint_id, type, account, api_version, created, outcome, reason, payload)
      select :store_id::uuid, :mode::text, :event_id::text, authority.id, :type::text, :account::text,
             :api_version::text, :seen_at::timestamptz, ${OUTCOME}, v.contradiction, :payload::jsonb
      from authority left join verdict v on true
      on conflict (store_id, mode, id) do nothing
      returning outcome, payload
    ),
    ${applyWhen("exists (select from inbox where outcome = 'processed')")},
    ${mirrorObject('inbox', "inbox.payload #> '{data,object}'")},
    ${proveEndpoints('select id from authority')}
    select exists (select from authority) as known, (select outcome from inbox) as outcome,
           exists (select from settled) as settled`,
  (db, statement, values, key) => db.gather(statement, values, key),
)

/**
 * Takes a verified event, once per store and mode. Everything it changes commits together or not at all.
 * Undefined when the endpoint was retired since its secret was read.
 */
export async function acceptEvent(
  db: Database,
  authority: Authority,
  event: StripeEvent,
): Promise<Outcome | undefined> {
  const [row] = await accept(db, authority, event)
  if (!row?.known) return undefined
  if (row.settled) countSettled(authority.id ? 'webhook' : 'recovery')
  return row.outcome ?? 'already_processed'
}
