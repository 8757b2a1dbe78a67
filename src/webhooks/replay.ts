import { sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'
import { NotFound } from '../lib/problem.ts'
import { MIRROR_OBJECTS } from '../mirror/mirror.ts'
import type { StripeEvent } from './event.ts'
import { OUTCOME, settlingBy } from './settling.ts'

export type ReplayOutcome = 'processed' | 'ignored' | 'quarantined'

const BATCH = 200

// As when it was accepted, but on the row that is there. An order that has moved on stays where it is.
const replay = settlingBy<{ outcome: ReplayOutcome }>(
  'replay',
  ({ judge, applyWhen }) => `
    ${judge},
    inbox as (
      update events e
      set outcome = ${OUTCOME}, reason = v.contradiction, replayed_at = now(),
          resolved_at = case when e.outcome = 'quarantined' and v.contradiction is null then now() else e.resolved_at end
      from given g left join verdict v on v.nr = g.nr
      where e.store_id = g.store_id and e.mode = g.mode and e.id = g.event_id
      returning g.nr, e.outcome
    ),
    fresh as (select g.*, i.outcome from inbox i join given g on g.nr = i.nr),
    ${applyWhen("v.nr in (select nr from fresh where outcome = 'processed')")},
    ${MIRROR_OBJECTS}
    select nr, outcome from inbox`,
)

/** Which events of a store: one, or those since a time, or all that are kept. */
export type ReplayChoice = { mode?: Mode | undefined; event?: string | undefined; since?: Date | undefined }

export type Replayed = Record<ReplayOutcome, number>

/**
 * Takes events of the inbox once more, oldest first, as if they arrived now: after a mistake of ours was mended, or
 * when a quarantined event's cause is gone. Whatever was applied already is not applied again. `at` is told how many
 * are done. Leaves a line in the store's trail.
 */
export async function replayEvents(
  db: Database,
  storeId: string,
  choice: ReplayChoice,
  actor: Actor,
  at: (done: number) => void = () => undefined,
): Promise<Replayed> {
  const replayed: Replayed = { processed: 0, ignored: 0, quarantined: 0 }
  let done = 0
  let last: KeptEvent | undefined
  do {
    const batch: KeptEvent[] = await chosen(db, storeId, choice, last)
      .select(['e.id', 'e.mode', 'e.endpoint_id', 'e.payload', 'c.account_id'])
      .select(RECEIVED.as('received'))
      .orderBy('e.received_at')
      .orderBy('e.mode')
      .orderBy('e.id')
      .limit(BATCH)
      .execute()
    for (const event of batch) {
      replayed[await replayOne(db, storeId, event)] += 1
      done += 1
      at(done)
    }
    last = batch.length === BATCH ? batch.at(-1) : undefined
  } while (last)
  const { mode = null, event = null, since = null } = choice
  await record(db, storeId, actor, 'event.replayed', {
    mode,
    event,
    since: since?.toISOString() ?? null,
    ...replayed,
  })
  return replayed
}

/** The same for one event of the store, and what came of it. Throws NotFound. */
export async function retakeEvent(
  db: Database,
  storeId: string,
  { mode, id }: { mode: Mode; id: string },
  actor: Actor,
): Promise<ReplayOutcome> {
  const replayed = await replayEvents(db, storeId, { mode, event: id }, actor)
  const outcome = (['quarantined', 'processed', 'ignored'] as const).find(one => replayed[one] > 0)
  if (!outcome) throw new NotFound('There is no such event.')
  return outcome
}

/** How many events that would be. */
export async function countReplayable(db: Database, storeId: string, choice: ReplayChoice): Promise<number> {
  const { count } = await chosen(db, storeId, choice)
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

type KeptEvent = {
  id: string
  mode: Mode
  endpoint_id: string | null
  payload: Record<string, unknown>
  received: string
  account_id: string | null
}

// As text: a Date would lose the microseconds that tell two events apart.
const RECEIVED = sql<string>`e.received_at::text`

function chosen(db: Database, storeId: string, { mode, event, since }: ReplayChoice, last?: KeptEvent) {
  let query = db
    .selectFrom('events as e')
    .leftJoin('endpoints as p', join =>
      join.onRef('p.store_id', '=', 'e.store_id').onRef('p.id', '=', 'e.endpoint_id'),
    )
    .leftJoin('connections as c', join =>
      join.onRef('c.store_id', '=', 'p.store_id').onRef('c.id', '=', 'p.connection_id'),
    )
    .where('e.store_id', '=', storeId)
  if (mode) query = query.where('e.mode', '=', mode)
  if (event) query = query.where('e.id', '=', event)
  if (since) query = query.where('e.received_at', '>=', since)
  if (last) {
    const place = sql`(${last.received}::timestamptz, ${last.mode}, ${last.id})`
    query = query.where(sql<boolean>`(e.received_at, e.mode, e.id) > ${place}`)
  }
  return query
}

async function replayOne(db: Database, storeId: string, event: KeptEvent): Promise<ReplayOutcome> {
  const authority = {
    store_id: storeId,
    id: event.endpoint_id,
    mode: event.mode,
    account_id: event.account_id,
  }
  const { statement, values } = replay(authority, event.payload as unknown as StripeEvent)
  const [row] = await db.runEach(statement, [values])
  // The purge was quicker: what is forgotten is as good as ignored.
  return row?.outcome ?? 'ignored'
}
