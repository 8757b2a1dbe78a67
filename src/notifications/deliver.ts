import { record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import type { Log } from '../lib/log.ts'
import { counter } from '../lib/metrics.ts'
import type { Secret } from '../lib/secret.ts'
import { findStore } from '../stores/stores.ts'
import { endpointDisabledMessage, WORTH_SENDING } from './owner-letters.ts'
import { nextNotification, noteDelivered, noteFailed, releaseEndpoint, takeEndpoint } from './queue.ts'
import { OUTAGE, restAfter, waitAfter } from './schedule.ts'
import type { Answer, Sender } from './send.ts'
import { signedHeaders, signingPlace } from './signing.ts'
import type { Notification, NotificationEndpoint } from './table.ts'

const sent = counter(
  'notifications_total',
  'Tries to notify partners: taken, failed, or given_up, which is failed for the last time',
  ['outcome'],
)

type Delivery = { deps: Deps; send: Sender; now: () => Date }

/** Endpoints served at a time by one process. Those that fail have workers of their own, and delay nobody else. */
const WORKERS = { healthy: 8, failing: 4 } as const

/** How long one endpoint is served in one go, in milliseconds: well within its lease. */
const ROUND = 25_000

/** The first attempt follows a notification within so many milliseconds, unless the endpoint rests already. */
const SOON = 60 * 60_000

/**
 * Sends what is due: many endpoints at a time, and each of them one notification after the other. Whoever finds an
 * endpoint to serve has somebody else look for the next one, so a slow receiver holds up nobody but itself. Several
 * processes may do so at once.
 */
export function makeDeliveries(delivery: Delivery, log: Pick<Log, 'error'>) {
  const working = { healthy: 0, failing: 0 }
  const underWay = new Set<Promise<void>>()

  function begin(kind: 'healthy' | 'failing'): void {
    if (working[kind] >= WORKERS[kind]) return
    working[kind] += 1
    const work = serveAll(kind)
      .catch(error => log.error({ err: error }, 'notifications could not be sent'))
      .finally(() => {
        working[kind] -= 1
        underWay.delete(work)
      })
    underWay.add(work)
  }

  async function serveAll(kind: 'healthy' | 'failing'): Promise<void> {
    for (;;) {
      const endpoint = await takeEndpoint(delivery.deps.db, kind, delivery.now())
      if (!endpoint) return
      begin(kind)
      await serve(delivery, endpoint)
    }
  }

  return {
    /** Begins to send what is due, if anything is. */
    look(): void {
      begin('healthy')
      begin('failing')
    },

    /** Until nothing is being sent. */
    async quiet(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

/** Sends an endpoint what is due, until there is nothing left, it fails, or others wait. */
async function serve(delivery: Delivery, endpoint: NotificationEndpoint): Promise<void> {
  const { db } = delivery.deps
  const end = Date.now() + ROUND
  let { failures, failing_since } = endpoint
  let rest: Date | null = null
  while (!rest && Date.now() < end) {
    const now = delivery.now()
    const notification = await nextNotification(db, endpoint, now)
    if (!notification) break
    const answer = await attempt(delivery, endpoint, notification)
    const last = now >= notification.retry_until
    sent.inc({ outcome: taken(answer) ? 'taken' : last ? 'given_up' : 'failed' })
    if (taken(answer)) {
      await noteDelivered(db, notification, said(answer), { afterOutage: failures >= OUTAGE, now })
      failures = 0
      failing_since = null
    } else {
      failures += 1
      failing_since ??= now
      const due = new Date(now.getTime() + waitAfter(notification.tries + 1))
      await noteFailed(db, notification, said(answer), { due, now })
      rest = new Date(now.getTime() + restAfter(failures))
      if (isGone(answer) || (last && hopeless(notification, failing_since)))
        await disable(delivery.deps, endpoint)
    }
  }
  await releaseEndpoint(db, endpoint, rest)
}

const taken = (answer: Answer): boolean => 'status' in answer && answer.status >= 200 && answer.status < 300
const isGone = (answer: Answer): boolean => 'status' in answer && answer.status === 410
const said = (answer: Answer): string => ('status' in answer ? String(answer.status) : answer.problem)

/** It took nothing in all the time for which this notification was tried. */
const hopeless = ({ created_at }: Notification, failing_since: Date): boolean =>
  failing_since.getTime() - created_at.getTime() < SOON

function attempt(
  { deps, send, now }: Delivery,
  endpoint: NotificationEndpoint,
  { id, body }: Notification,
): Promise<Answer> {
  const at = now()
  return send(endpoint.url, signedHeaders(id, body, at, secretsOf(deps, endpoint, at)), body)
}

function secretsOf({ vault }: Deps, endpoint: NotificationEndpoint, at: Date): Secret[] {
  const { secret_version: version, secret_box, previous_secret_box, previous_until } = endpoint
  const secrets = [vault.open(signingPlace(endpoint, version), secret_box)]
  if (previous_secret_box && previous_until && previous_until > at) {
    secrets.push(vault.open(signingPlace(endpoint, version - 1), previous_secret_box))
  }
  return secrets
}

/** Nobody was there for days, or the receiver said that it is gone: nothing more is sent, and the owner is told. */
async function disable(deps: Deps, { store_id, id, url }: NotificationEndpoint): Promise<void> {
  const store = await findStore(deps.db, store_id)
  await deps.db.transaction().execute(async trx => {
    const { numUpdatedRows } = await trx
      .updateTable('notification_endpoints')
      .set({ state: 'disabled' })
      .where('store_id', '=', store_id)
      .where('id', '=', id)
      .where('state', '=', 'active')
      .executeTakeFirst()
    if (numUpdatedRows === 0n || !store) return
    await record(trx, store_id, { kind: 'service' }, 'notification_endpoint.disabled', { endpoint: id, url })
    await deps.mail.post(trx, endpointDisabledMessage(store, url), WORTH_SENDING, {
      store_id,
      kind: 'endpoint_disabled',
    })
  })
  deps.mail.wake()
}
