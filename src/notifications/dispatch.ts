import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { newId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import { toldVendor } from '../marketplace/status.ts'
import { failLine, takeLines } from '../outbox/outbox.ts'
import type { OutboxLine } from '../outbox/table.ts'
import { wholeOrderOf } from '../refunds/order.ts'
import { postLetters } from './post.ts'
import { enqueue, type Outgoing } from './queue.ts'
import { OrderNotification, StoreNotification, VendorNotification } from './schemas.ts'
import type { NotificationEndpoint } from './table.ts'

/** Lines told in one transaction. */
export const BATCH = 100

/**
 * Turns what happened into letters and notifications, each exactly once: taking a line from the outbox and writing
 * what follows from it are one transaction. Returns how many lines that were; fewer than a batch means that nothing
 * is left. Several processes may do so at once.
 */
export async function dispatch(deps: Deps, now: Date, log: Pick<Log, 'error'>): Promise<number> {
  try {
    return await dispatchBatch(deps, now, BATCH)
  } catch (error) {
    // One line that cannot be told must not hold up the others: they go one by one, and it steps aside.
    log.error({ err: error }, 'what happened could not be told at once')
    return dispatchSingly(deps, now, log)
  }
}

async function dispatchSingly(deps: Deps, now: Date, log: Pick<Log, 'error'>): Promise<number> {
  for (let done = 0; done < BATCH; done += 1) {
    try {
      if ((await dispatchBatch(deps, now, 1)) === 0) return done
    } catch (error) {
      log.error({ err: error }, 'something that happened could not be told')
      await failLine(deps.db, nameOf(error))
    }
  }
  return BATCH
}

async function dispatchBatch(deps: Deps, now: Date, most: number): Promise<number> {
  const lines = await deps.db.transaction().execute(async trx => {
    const taken = await takeLines(trx, most)
    if (taken.length === 0) return taken
    const endpoints = await activeEndpoints(trx, taken)
    const outgoing: Outgoing[] = []
    for (const line of taken) {
      outgoing.push(...(await notificationsOf(trx, line, endpoints)))
    }
    await postLetters(deps, trx, taken)
    await enqueue(trx, outgoing, now)
    return taken
  })
  if (lines.length > 0) deps.mail.wake()
  return lines.length
}

// Its kind, never its words, which may repeat what is none of the owner's business.
function nameOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return String(code ?? name).slice(0, 60)
}

function activeEndpoints(db: Kysely<Tables>, lines: OutboxLine[]): Promise<NotificationEndpoint[]> {
  return db
    .selectFrom('notification_endpoints')
    .selectAll()
    .where('store_id', 'in', [...new Set(lines.map(({ store_id }) => store_id))])
    .where('state', '=', 'active')
    .execute()
}

async function notificationsOf(
  trx: Transaction<Tables>,
  line: OutboxLine,
  endpoints: NotificationEndpoint[],
): Promise<Outgoing[]> {
  const { store_id, kind: type, order_id } = line
  const wanting = endpoints.filter(
    endpoint => endpoint.store_id === store_id && (endpoint.types?.includes(type) ?? true),
  )
  if (wanting.length === 0) return []
  const body = JSON.stringify(await bodyOf(trx, line))
  const id = newId()
  return wanting.map(endpoint => ({ store_id, endpoint_id: endpoint.id, id, type, order_id, body }))
}

async function bodyOf(trx: Transaction<Tables>, line: OutboxLine): Promise<object> {
  const { store_id, kind: type, at: timestamp, order_id, subject } = line
  if (type === 'vendor.updated') {
    const vendor = await toldVendor(trx, store_id, subject!)
    return z.encode(VendorNotification, { type, timestamp, data: { store_id, vendor } })
  }
  if (!order_id) {
    const data = { store_id, ...line.detail }
    return z.encode(StoreNotification, { type, timestamp, data } as z.output<typeof StoreNotification>)
  }
  const order = await wholeOrderOf(trx, { id: store_id }, order_id)
  const about = type.startsWith('order.dispute') ? 'dispute_id' : 'refund_id'
  const data = { store_id, refund_id: null, dispute_id: null, [about]: subject, order }
  return z.encode(OrderNotification, { type, timestamp, data } as z.output<typeof OrderNotification>)
}
