import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { counter } from '../lib/metrics.ts'
import { markInvalid } from '../stores/connections.ts'
import { ENDPOINT_EVENTS } from '../stores/registration.ts'
import { restConnection, wakeConnection } from '../stores/rest.ts'
import { failureOf } from '../stripe/errors.ts'
import { acceptEvent } from './accept.ts'
import { beginCursors, type Cursor, dueCursors, moveCursor, takeCursor } from './cursors.ts'
import { isThin, readEvent, type StripeEvent } from './event.ts'
import { tellSilent } from './silence.ts'

/** Connections fetched for at a time, and taken in one run. */
const WORKERS = 4
const MOST = 1_000
/** Pages of 100 events for one connection in one run; the rest follows in the next one. */
const PAGES = 20
/** How long one run takes new work, in milliseconds. */
const SHIFT = 50_000

/** Fetched twice on purpose: Stripe's clock ticks in seconds, and its list may lag behind. In seconds. */
const OVERLAP = 300

/** How long a webhook may be under way before we call it missing, in seconds. */
const GRACE = 60

const recovered = counter('recovered_events_total', 'Events that mattered and that no webhook brought', [])
const unheard = counter('recovery_failures_total', 'Connections whose events Stripe did not let us read', [])

type Recovered = { connections: number; events: number; silent: number; failed: number }

/**
 * Fetches from Stripe's own list the events that no webhook brought, for every connection whose turn it is; they
 * settle orders exactly as if they had been delivered, and one that comes late after all is known already. Several
 * processes may do so at once. Rejects, after all of it, with the first unexpected error. `grace`: see GRACE.
 */
export async function recoverEvents(deps: Deps, { grace = GRACE } = {}): Promise<Recovered> {
  const done: Recovered = { connections: 0, events: 0, silent: 0, failed: 0 }
  const end = Date.now() + SHIFT
  await beginCursors(deps.db)
  const due = await dueCursors(deps.db, MOST)
  let broken: unknown

  async function work(): Promise<void> {
    for (let place = due.shift(); place && Date.now() < end; place = due.shift()) {
      try {
        const cursor = await takeCursor(deps.db, place)
        if (cursor) await fetchMissed(deps, cursor, grace, done)
      } catch (error) {
        // A bug, or a box that does not open: it must not keep the others from being fetched for.
        done.failed += 1
        broken ??= error
      }
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  if (broken) throw broken
  return done
}

async function fetchMissed(deps: Deps, cursor: Cursor, grace: number, done: Recovered): Promise<void> {
  const connection = { ...cursor, id: cursor.connection_id }
  const client = deps.stripe.clientFor(connection)
  done.connections += 1
  const missed: StripeEvent[] = []
  try {
    let { listed_after: after, listed_until: until } = cursor
    for (let pages = 0; pages < PAGES; pages += 1) {
      const { data, has_more } = await listPage(client, cursor, after, grace)
      missed.push(...(await takeIn(deps.db, cursor, data)))
      until ??= data[0] ? new Date(data[0].created * 1_000) : null
      after = has_more ? data.at(-1)!.id : null
      await moveCursor(deps.db, cursor, { after, until })
      if (!has_more) break
    }
    await wakeConnection(deps.db, connection)
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    done.failed += 1
    unheard.inc()
    if (failure === 'invalid_key') await markInvalid(deps.db, connection)
    if (failure === 'unreachable') await restConnection(deps.db, connection)
    // Stripe keeps events for 30 days: one that a listing stopped at may be gone. Then it begins anew.
    if (failure === 'refused') await moveCursor(deps.db, cursor, { after: null, until: null })
  }
  done.events += missed.length
  recovered.inc(missed.length)
  if (await tellSilent(deps, cursor, missed)) done.silent += 1
}

function listPage(client: Stripe, cursor: Cursor, after: string | null, grace: number) {
  const created: Stripe.RangeQueryParam = { gte: Math.floor(cursor.seen_until.getTime() / 1_000) - OVERLAP }
  if (cursor.endpoints > 0) created.lte = Math.floor(Date.now() / 1_000) - grace
  return client.events.list(
    { types: ENDPOINT_EVENTS, created, limit: 100, ...(after ? { starting_after: after } : {}) },
    { timeout: 10_000, maxNetworkRetries: 0 },
  )
}

/** Accepts the events of a page that the inbox does not know. Answers those that an order was waiting for. */
async function takeIn(db: Database, cursor: Cursor, page: Stripe.Event[]): Promise<StripeEvent[]> {
  const known = await knownIds(db, cursor, page)
  const missed: StripeEvent[] = []
  // Oldest first, only so that timelines read well: every order ends the same whatever comes first.
  for (const { id, ...rest } of page.toReversed()) {
    const event = known.has(id) ? undefined : readEvent(Buffer.from(JSON.stringify({ id, ...rest })))
    if (!event || isThin(event)) continue
    const outcome = await acceptEvent(db, { ...cursor, id: null }, event)
    if (outcome === 'processed' || outcome === 'quarantined') missed.push(event)
  }
  return missed
}

async function knownIds(db: Database, cursor: Cursor, page: Stripe.Event[]): Promise<Set<string>> {
  if (page.length === 0) return new Set()
  const ids = page.map(({ id }) => id)
  const rows = await db
    .selectFrom('events')
    .select('id')
    .where('store_id', '=', cursor.store_id)
    .where('mode', '=', cursor.mode)
    .where('id', 'in', ids)
    .execute()
  return new Set(rows.map(({ id }) => id))
}
