import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { failureOf } from '../stripe/errors.ts'
import { type AskablePayment, askStripe, openPayment, waitingPayments } from './ask.ts'

/** How long a payment may be silent before Stripe is asked, in seconds. */
const SILENCE = 120
const BATCH = 100

/**
 * What happens when no webhook comes: asks Stripe about payments that have been silent, and ends sessions whose
 * time is over, but only after Stripe said that nothing was paid. Returns how much there was to do.
 */
export async function sweep(deps: Deps): Promise<{ asked: number; expired: number }> {
  const silent = await waitingPayments(deps.db, SILENCE, BATCH)
  for (const payment of silent) await askStripe(deps, payment, 'sweeper')

  let expired = 0
  for (const order of await overdueOrders(deps.db, BATCH)) if (await expireOrder(deps, order)) expired += 1
  return { asked: silent.length, expired }
}

type OverdueOrder = { store_id: string; order_id: string }

function overdueOrders(db: Database, most: number): Promise<OverdueOrder[]> {
  return db
    .selectFrom('checkout_sessions as cs')
    .innerJoin('orders as o', join =>
      join.onRef('o.store_id', '=', 'cs.store_id').onRef('o.id', '=', 'cs.order_id'),
    )
    .where('cs.expires_at', '<', sql<Date>`now()`)
    .where('o.status', 'in', ['pending', 'failed'])
    .orderBy('cs.expires_at')
    .limit(most)
    .select(['cs.store_id', 'cs.order_id'])
    .execute()
}

/** Ends an order whose session is over; false when it was paid after all, or Stripe could not be asked. */
async function expireOrder(deps: Deps, order: OverdueOrder): Promise<boolean> {
  const payment = await openPayment(deps.db, order.store_id, order.order_id)
  if (payment && !(await cancelPayment(deps, payment))) return false
  return markExpired(deps.db, order)
}

/** Cancels at Stripe, so that a page left open cannot pay an order that is over; false when it is too late. */
async function cancelPayment(deps: Deps, payment: AskablePayment): Promise<boolean> {
  try {
    await deps.stripe.clientFor(payment.connection).paymentIntents.cancel(payment.payment_intent)
  } catch (error) {
    // Refused because it is paid, processing or canceled already: which of them, the next question tells.
    if (!failureOf(error)) throw error
  }
  const settlement = await askStripe(deps, payment, 'sweeper')
  return settlement?.after === 'pending' || settlement?.after === 'failed'
}

async function markExpired(db: Database, order: OverdueOrder): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const ended = await trx
      .updateTable('orders')
      .set({ status: 'expired', updated_at: sql`now()` })
      .where('store_id', '=', order.store_id)
      .where('id', '=', order.order_id)
      .where('status', 'in', ['pending', 'failed'])
      .returning('id')
      .executeTakeFirst()
    if (!ended) return false
    await trx
      .insertInto('order_timeline')
      .values({ ...order, status: 'expired', source: 'sweeper', event_id: null, detail: null })
      .execute()
    return true
  })
}
