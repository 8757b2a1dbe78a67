import type { Database } from '../db/database.ts'
import { MIRROR_OBJECTS } from '../mirror/mirror.ts'
import { countSettled } from '../orders/settled.ts'
import { AUTHORITY, PROVE_ENDPOINTS } from '../stores/proven.ts'
import type { StripeEvent } from './event.ts'
import { type Authority, OUTCOME, settlingBy } from './settling.ts'

export type { Authority } from './settling.ts'

export type Outcome = 'processed' | 'already_processed' | 'ignored' | 'quarantined'

type Row = {
  known: boolean
  outcome: Exclude<Outcome, 'already_processed'> | null
  settled: boolean
  postponed: boolean
}

// Inbox, order, timeline, mirror and the endpoint's proof in one statement: one round trip, which it shares with others
// when there are many, and a row per event id decides which of many equal deliveries does the work.
const accept = settlingBy<Row>(
  'accept',
  ({ judge, applyWhen }) => `
    ${AUTHORITY},
    ${judge},
    inbox as (
      insert into events (store_id, mode, id, endpoint_id, type, account, api_version, created, outcome, reason, payload)
      select g.store_id, g.mode, g.event_id, g.endpoint_id, g.type, g.account, g.api_version, g.seen_at, ${OUTCOME},
             v.contradiction, g.payload
      from given g
      join authority a on a.nr = g.nr
      left join verdict v on v.nr = g.nr
      where g.nr not in (select nr from turns where turn > 1)
      on conflict (store_id, mode, id) do nothing
      returning store_id, mode, id, outcome
    ),
    fresh as (
      select g.*, i.outcome
      from inbox i join given g on g.store_id = i.store_id and g.mode = i.mode and g.event_id = i.id
    ),
    ${applyWhen("v.nr in (select nr from fresh where outcome = 'processed')")},
    ${MIRROR_OBJECTS},
    ${PROVE_ENDPOINTS}
    select g.nr, a.nr is not null as known, f.outcome, s.nr is not null as settled,
           exists (select from turns t where t.nr = g.nr and t.turn > 1) as postponed
    from given g
    left join authority a on a.nr = g.nr
    left join fresh f on f.nr = g.nr
    left join settled s on s.nr = g.nr`,
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
  const { statement, values, locks } = accept(authority, event)
  const row = await db.gather(statement, values, locks)
  if (!row?.known) return undefined
  if (row.settled) countSettled(authority.id ? 'webhook' : 'recovery')
  return row.outcome ?? 'already_processed'
}
