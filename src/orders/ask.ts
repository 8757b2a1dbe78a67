import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { markInvalid } from '../stores/connections.ts'
import { failureOf } from '../stripe/errors.ts'
import type { SealedKey } from '../stripe/stripe.ts'
import { findingOf } from './finding.ts'
import { type Settlement, settleOrder } from './settle.ts'
import type { Source } from './table.ts'

/** An attempt that Stripe knows, with the key it was made with. */
export type AskablePayment = {
  store_id: string
  order_id: string
  payment_intent: string
  connection: SealedKey
}

const askable = (db: Database) =>
  db
    .selectFrom('payments as p')
    .innerJoin('connections as c', join =>
      join.onRef('c.store_id', '=', 'p.store_id').onRef('c.id', '=', 'p.connection_id'),
    )
    .where('p.payment_intent', 'is not', null)
    .where('p.closed_at', 'is', null)
    .select([
      'p.store_id',
      'p.order_id',
      'p.payment_intent',
      'c.id',
      'c.mode',
      'c.version',
      'c.secret_key_box',
    ])

type AskableRow = Omit<AskablePayment, 'payment_intent' | 'connection'> &
  Omit<SealedKey, 'store_id'> & { payment_intent: string | null }

const toPayment = ({ store_id, order_id, payment_intent, ...key }: AskableRow): AskablePayment => ({
  store_id,
  order_id,
  payment_intent: payment_intent!,
  connection: { store_id, ...key },
})

/** The open payment of an order, if Stripe was ever asked for one. */
export async function openPayment(
  db: Database,
  storeId: string,
  orderId: string,
): Promise<AskablePayment | undefined> {
  const row = await askable(db)
    .where('p.store_id', '=', storeId)
    .where('p.order_id', '=', orderId)
    .executeTakeFirst()
  return row && toPayment(row)
}

/**
 * Open payments nobody has heard of for a while, of orders that still wait, longest first. A payment is looked at
 * when `seconds` have passed since it was made or last found anything.
 */
export async function waitingPayments(
  db: Database,
  seconds: number,
  most: number,
): Promise<AskablePayment[]> {
  const rows = await askable(db)
    .innerJoin('orders as o', join =>
      join.onRef('o.store_id', '=', 'p.store_id').onRef('o.id', '=', 'p.order_id'),
    )
    .where('o.status', 'in', ['pending', 'processing', 'failed'])
    .where(sql<boolean>`greatest(p.created_at, p.found_at) < now() - make_interval(secs => ${seconds})`)
    .orderBy(sql`greatest(p.created_at, p.found_at)`)
    .limit(most)
    .execute()
  return rows.map(toPayment)
}

/**
 * Asks Stripe how a payment stands and settles the order by the answer. Undefined when Stripe did not answer, or
 * not to this key: nothing was changed, and whoever asks later will find out.
 */
export async function askStripe(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
): Promise<Settlement | undefined> {
  try {
    const intent = await deps.stripe
      .clientFor(payment.connection)
      .paymentIntents.retrieve(payment.payment_intent)
    return await settleOrder(
      deps.db,
      { store_id: payment.store_id, mode: payment.connection.mode },
      findingOf(intent),
      source,
    )
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    if (failure === 'invalid_key') await markInvalid(deps.db, payment.connection)
    return undefined
  }
}
