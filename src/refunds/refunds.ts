import { createHash } from 'node:crypto'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { digest, newId } from '../lib/ids.ts'
import { formatMoney } from '../lib/money.ts'
import { BadInput, NotFound, problem } from '../lib/problem.ts'
import { toMinor } from '../lib/wire.ts'
import { sendRefund } from './ask.ts'
import { findRefund, findRefundByKey, reserveRefund } from './queries.ts'
import type { NewRefund } from './schemas.ts'
import type { Refund } from './table.ts'

export const OrderNotPaid = problem('order-not-paid', 409, 'Only what was paid can be refunded')
export const NothingLeftToRefund = problem(
  'nothing-left-to-refund',
  409,
  'That is more than is left to refund',
)
export const IdempotencyKeyReused = problem(
  'idempotency-key-reused',
  409,
  'This Idempotency-Key was used for another refund',
)

/** Who asks, and the key under which asking again is the same question. */
type RefundCall = { actor: Actor; idempotencyKey?: string | undefined }

/**
 * Refunds an order, in full or in part. The refund is written down first, and its id is Stripe's idempotency key, so
 * nothing is refunded twice and never more than was paid. `pending` when Stripe did not answer: a job asks again.
 * Throws NotFound, BadInput, OrderNotPaid, NothingLeftToRefund, IdempotencyKeyReused and RefundRefused (in words).
 */
export async function issueRefund(
  deps: Deps,
  store: { id: string },
  orderId: string,
  input: NewRefund,
  { actor, idempotencyKey }: RefundCall,
): Promise<Refund> {
  const { db } = deps
  const order = await refundableOrder(db, store.id, orderId)
  const amount = readAmount(input, order.currency)
  const key = idempotencyKey === undefined ? undefined : digest(idempotencyKey)
  const asked = askedDigest(orderId, amount, input)

  const known = key && (await findRefundByKey(db, store.id, key))
  if (known) return sameRefund(known, asked)
  if (!order.paid_at) throw new OrderNotPaid()
  const reserved = await reserveRefund(db, {
    store_id: store.id,
    id: newId(),
    order_id: orderId,
    amount: amount ?? null,
    reason: input.reason ?? null,
    commission: input.commission ?? null,
    key_digest: key ?? null,
    asked_digest: key ? asked : null,
  })
  if (reserved === 'known') return sameRefund((await findRefundByKey(db, store.id, key!))!, asked)
  if (!reserved) throw await tooMuch(db, store.id, orderId)

  const detail = { order_id: orderId, refund_id: reserved.id, amount: reserved.amount }
  await record(db, store.id, actor, 'refund.issued', detail)
  await sendRefund(deps, reserved, actor.kind === 'owner' ? 'owner' : 'partner')
  return findRefund(db, store.id, reserved.id)
}

async function refundableOrder(db: Database, storeId: string, orderId: string) {
  const order = await db
    .selectFrom('orders')
    .select(['amount', 'amount_reserved', 'currency', 'paid_at'])
    .where('store_id', '=', storeId)
    .where('id', '=', orderId)
    .executeTakeFirst()
  if (!order) throw new NotFound('There is no such order.')
  return order
}

function readAmount({ amount }: NewRefund, currency: string): number | undefined {
  if (amount === undefined) return undefined
  const minor = toMinor(amount, currency)
  if (minor !== undefined) return minor
  throw new BadInput({ errors: [{ pointer: '/amount', detail: `is not an amount of ${currency}` }] })
}

const askedDigest = (
  orderId: string,
  amount: number | undefined,
  { reason, commission }: NewRefund,
): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([orderId, amount ?? null, reason ?? null, ...(commission ? [commission] : [])]))
    .digest()

function sameRefund(known: Refund, asked: Buffer): Refund {
  if (!known.asked_digest || !asked.equals(known.asked_digest)) throw new IdempotencyKeyReused()
  return known
}

async function tooMuch(db: Database, storeId: string, orderId: string) {
  const { amount, amount_reserved, currency } = await refundableOrder(db, storeId, orderId)
  const left = Math.max(0, amount - amount_reserved)
  return new NothingLeftToRefund(
    left === 0
      ? 'All of it was refunded already, or is being refunded.'
      : `${formatMoney({ amount: left, currency }, 'en')} is left.`,
  )
}
