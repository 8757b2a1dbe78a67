import type { Deps } from '../deps.ts'
import { restConnection, wakeConnection } from '../stores/rest.ts'
import { askOrFail, openPayment, type Patience } from './ask.ts'
import { closePayment, endOrder } from './end.ts'
import { endUnpaidSessions } from './expire.ts'
import { testedOrders } from './pace.ts'
import type { Settlement } from './verdict.ts'
import { type DuePayment, postponePayment, postponeStore, takePayment } from './waiting.ts'

/** Questions under way at a time, of one process and of one store, so that a slow one leaves room for the others. */
const WORKERS = 8
const MOST_PER_STORE = 2

/** How long one sweep takes new work, in milliseconds: the next one comes after a minute. */
const SHIFT = 50_000

// Nobody waits for the answer, and the next sweep asks again: better little patience than a held-up worker.
const PATIENCE: Patience = { timeout: 5_000, maxNetworkRetries: 0 }

type Swept = { asked: number; settled: number; failed: number; expired: number }

/**
 * What happens when no webhook comes: asks Stripe about the open payments whose turn it is, and ends sessions whose
 * time is over, but only after Stripe said that nothing was paid and nothing can be any more. Several processes may
 * sweep at once. Returns how much there was to do; rejects, after all of it, with the first unexpected error.
 */
export async function sweep(deps: Deps): Promise<Swept> {
  const swept: Swept = { asked: 0, settled: 0, failed: 0, expired: 0 }
  const end = Date.now() + SHIFT
  const underWay = new Map<string, number>()
  let broken: unknown

  async function take(): Promise<DuePayment | undefined> {
    const busy = [...underWay].filter(([, count]) => count >= MOST_PER_STORE).map(([id]) => id)
    const due = await takePayment(deps.db, busy)
    if (due) underWay.set(due.store_id, (underWay.get(due.store_id) ?? 0) + 1)
    return due
  }

  // One after the other, so that each sees whose turn the others took.
  let taking: Promise<DuePayment | undefined> = Promise.resolve(undefined)
  const takeInTurn = () => (taking = taking.catch(() => undefined).then(take))

  async function work(): Promise<void> {
    while (Date.now() < end) {
      const due = await takeInTurn()
      if (!due) return
      try {
        await lookAt(deps, due, swept)
      } catch (error) {
        // A bug, or a box that does not open: it must not keep the others from being looked at.
        swept.failed += 1
        broken ??= error
      } finally {
        underWay.set(due.store_id, underWay.get(due.store_id)! - 1)
      }
    }
  }

  await Promise.all(Array.from({ length: WORKERS }, work))
  await withdrawTested(deps)
  swept.expired += await endUnpaidSessions(deps.db)
  if (broken) throw broken
  return swept
}

// Whoever tests cards does it on one PaymentIntent, at Stripe, where we count only what we hear of: it is taken away,
// and the next one is ours to give, after a wait (pace.ts).
async function withdrawTested(deps: Deps): Promise<void> {
  for (const { store_id, order_id } of await testedOrders(deps.db)) {
    const payment = await openPayment(deps.db, store_id, order_id)
    if (payment) await closePayment(deps, payment, 'sweeper', PATIENCE)
  }
}

async function lookAt(deps: Deps, due: DuePayment, swept: Swept): Promise<void> {
  // Stripe never answered whoever pressed pay; there is nothing to ask about, and nothing that could be paid.
  if (!due.known) {
    if (due.over && (await endOrder(deps.db, due, 'expired', 'sweeper')) === 'expired') swept.expired += 1
    return
  }
  const payment = await openPayment(deps.db, due.store_id, due.order_id)
  if (!payment) return postponePayment(deps.db, due)

  swept.asked += 1
  const answer = due.over
    ? await closePayment(deps, payment, 'sweeper', PATIENCE)
    : await askOrFail(deps, payment, 'sweeper', PATIENCE)
  if (answer === 'unreachable') {
    swept.failed += 1
    await restConnection(deps.db, payment.connection)
    return postponeStore(deps.db, due)
  }
  if (answer === 'invalid_key' || answer === 'missing_permission') {
    swept.failed += 1
    return postponePayment(deps.db, due)
  }
  await wakeConnection(deps.db, payment.connection)
  if (typeof answer !== 'string' && changed(answer)) swept.settled += 1
  if (due.over && !contradicts(answer)) {
    if ((await endOrder(deps.db, due, 'expired', 'sweeper')) === 'expired') swept.expired += 1
  }
}

const changed = ({ before, after }: Settlement): boolean => before !== after

// Something was paid, but not what we asked for: a person has to look at it, so the order is left as it is.
const contradicts = (answer: Settlement | string): boolean =>
  typeof answer !== 'string' && answer.contradiction !== null
