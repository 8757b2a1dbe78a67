import type { Deps } from '../deps.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import { openPayment } from './ask.ts'
import { closePayment, endOrder, endSession } from './end.ts'
import { findOrder } from './orders.ts'

export const AlreadyPaid = problem('already-paid', 409, 'The order is paid: refund it instead')
export const PaymentUnderWay = problem('payment-under-way', 409, 'A payment of this order is being processed')

/** A shopper may press pay while we cancel; nobody does so often enough to need more tries. */
const TRIES = 3

/**
 * A partner ends an order: first at Stripe, so that a page left open cannot pay it, then here, with its session.
 * One that is cancelled or expired already stays as it is. Throws NotFound, AlreadyPaid, PaymentUnderWay (a bank is
 * working on it), StoreNotConnected (no key that could cancel) and Unavailable (Stripe does not answer); then
 * nothing was changed and the order can still be paid.
 */
export async function cancelOrder(deps: Deps, store: Store, orderId: string) {
  await findOrder(deps.db, store, orderId)
  const place = { store_id: store.id, order_id: orderId }
  for (let tries = 0; tries < TRIES; tries += 1) {
    await closeOpenPayment(deps, place)
    const status = await endOrder(deps.db, place, 'cancelled', 'partner')
    if (status === 'payable') continue
    if (status === 'processing') throw new PaymentUnderWay()
    if (status !== 'cancelled' && status !== 'expired') throw new AlreadyPaid()
    await endSession(deps.db, place)
    return findOrder(deps.db, store, orderId)
  }
  throw new Unavailable({ detail: 'A payment of this order could not be stopped.', retryAfter: 5 })
}

async function closeOpenPayment(deps: Deps, place: { store_id: string; order_id: string }): Promise<void> {
  const payment = await openPayment(deps.db, place.store_id, place.order_id)
  if (!payment) return
  const closed = await closePayment(deps, payment, 'partner')
  if (closed === 'invalid_key' || closed === 'missing_permission') throw new StoreNotConnected()
  if (closed === 'unreachable') throw new Unavailable({ detail: 'Nothing was changed.', retryAfter: 5 })
}
