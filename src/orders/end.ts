import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { tell } from '../outbox/outbox.ts'
import type { StripeFailure } from '../stripe/errors.ts'
import { type AskablePayment, askOrFail, cancelOrFail, type Patience } from './ask.ts'
import type { OrderStatus, Source } from './table.ts'
import type { Settlement } from './verdict.ts'

/** States in which nothing was paid and nothing is under way. */
const ENDABLE: readonly OrderStatus[] = ['pending', 'failed']

type Place = { store_id: string; order_id: string }

/**
 * Sees to it that an open payment cannot be paid any more: cancels it at Stripe, or learns that it is too late for
 * that and settles the order. `gone` when Stripe does not know it (the merchant deleted the test data), else the
 * failure that left everything as it was.
 */
export async function closePayment(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
  patience?: Patience,
): Promise<Settlement | 'gone' | StripeFailure> {
  const cancelled = await cancelOrFail(deps, payment, source, patience)
  if (cancelled !== 'refused') return cancelled
  // Refused because it is paid, processing or canceled already, or not there: the next question tells.
  const asked = await askOrFail(deps, payment, source, patience)
  if (asked !== 'refused') return asked
  await forget(deps.db, payment)
  return 'gone'
}

async function forget(db: Database, payment: AskablePayment): Promise<void> {
  await db
    .updateTable('payments')
    .set({ closed_at: sql<Date>`now()`, client_secret_box: null })
    .where('store_id', '=', payment.store_id)
    .where('id', '=', payment.id)
    .where('closed_at', 'is', null)
    .execute()
}

/**
 * Ends an order unless it was paid, is processing or over already; says how it stands then. `payable`: a payment is
 * open at Stripe, so nothing was changed and it must be closed first. An attempt that Stripe never answered is
 * closed with the order: its client secret was told to nobody, and from now on will not be (src/orders/pay.ts).
 */
export async function endOrder(
  db: Database,
  order: Place,
  status: 'expired' | 'cancelled',
  source: Source,
): Promise<OrderStatus | 'payable'> {
  return db.transaction().execute(async trx => {
    // Locked first, looked at second: whoever keeps a new PaymentIntent takes the same lock.
    const { status: found } = await trx
      .selectFrom('orders')
      .select('status')
      .where('store_id', '=', order.store_id)
      .where('id', '=', order.order_id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (!ENDABLE.includes(found)) return found
    const open = await trx
      .selectFrom('payments')
      .select(['id', 'payment_intent', 'stripe_session'])
      .where('store_id', '=', order.store_id)
      .where('order_id', '=', order.order_id)
      .where('closed_at', 'is', null)
      .executeTakeFirst()
    if (open?.payment_intent || open?.stripe_session) return 'payable'
    if (open) {
      await trx
        .updateTable('payments')
        .set({ closed_at: sql<Date>`now()` })
        .where('store_id', '=', order.store_id)
        .where('id', '=', open.id)
        .execute()
    }
    await trx
      .updateTable('orders')
      .set({ status, updated_at: sql`now()` })
      .where('store_id', '=', order.store_id)
      .where('id', '=', order.order_id)
      .execute()
    await trx
      .insertInto('order_timeline')
      .values({
        store_id: order.store_id,
        order_id: order.order_id,
        status,
        source,
        event_id: null,
        detail: null,
      })
      .execute()
    await tell(trx, order.store_id, { kind: `order.${status}`, order_id: order.order_id })
    return status
  })
}

/** Nobody can pay on its page any more. */
export async function endSession(db: Database, place: Place): Promise<void> {
  await db
    .updateTable('checkout_sessions')
    .set({ expires_at: sql<Date>`least(expires_at, now())` })
    .where('store_id', '=', place.store_id)
    .where('order_id', '=', place.order_id)
    .execute()
}
