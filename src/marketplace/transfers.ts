import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { askWith, type RefundablePayment } from '../refunds/payment.ts'
import type { Share } from './table.ts'

// Nobody waits, and the next run asks again.
export const PATIENCE = { timeout: 10_000, maxNetworkRetries: 1 }

/** Stripe's codes for an account that cannot be paid: nothing was moved, and asking again will not help. */
const CANNOT_BE_PAID = new Set([
  'insufficient_capabilities_for_transfer',
  'transfers_not_allowed',
  'account_invalid',
  'resource_missing',
])

/**
 * Sees to it that a vendor has its share, as far as Stripe pays it: finds the transfer that the payment made by itself,
 * or makes the one of this row. Answers the share as it is then; undefined when Stripe was not reached or refused for
 * now. A vendor that Stripe cannot pay any more is to be paid by hand.
 */
export async function payShare(
  deps: Deps,
  payment: RefundablePayment,
  share: Share,
  known: string | null,
): Promise<Share | undefined> {
  if (share.way === 'manual_payout' || share.transfer || share.amount === 0) return share
  const charge = known ?? (await chargeOf(deps, payment))
  if (!charge) return undefined
  if (share.way === 'destination') return findParts(deps, payment, share, charge)

  if (!share.asked_at) await keep(deps.db, share, { asked_at: new Date() })
  const asked = await askWith(
    deps,
    payment,
    async stripe => (share.asked_at && (await madeBefore(stripe, share))) || create(stripe, share, charge),
  )
  if ('answer' in asked) return keep(deps.db, share, { transfer: asked.answer.id, failure: null })
  if (CANNOT_BE_PAID.has(asked.code ?? '')) {
    return keep(deps.db, share, { way: 'manual_payout', failure: asked.code })
  }
  await keep(deps.db, share, { failure: asked.code ?? asked.failure })
  return undefined
}

// It takes from this very charge, so it neither waits for the balance nor takes another order's money.
const create = (stripe: Stripe, share: Share, charge: string) =>
  stripe.transfers.create(
    {
      amount: share.amount,
      currency: share.currency,
      destination: share.account_id!,
      source_transaction: charge,
      transfer_group: `order_${share.order_id}`,
      metadata: {
        share_id: share.id,
        order_id: share.order_id,
        store_id: share.store_id,
        vendor_id: share.vendor_id,
      },
    },
    { idempotencyKey: share.id, ...PATIENCE },
  )

/** Stripe forgets idempotency keys after a day, but not the transfer: it names our row. */
async function madeBefore(stripe: Stripe, share: Share): Promise<Stripe.Transfer | undefined> {
  const group = `order_${share.order_id}`
  const made = await stripe.transfers
    .list({ transfer_group: group, limit: 100 }, PATIENCE)
    .autoPagingToArray({ limit: 1_000 })
  return made.find(({ metadata }) => metadata.share_id === share.id)
}

/** What is paid on Stripe's own page is heard of before its charge is. */
async function chargeOf(deps: Deps, payment: RefundablePayment): Promise<string | null> {
  const asked = await askWith(deps, payment, stripe =>
    stripe.paymentIntents.retrieve(payment.payment_intent, {}, PATIENCE),
  )
  return 'answer' in asked ? idOf(asked.answer.latest_charge) : null
}

/** A destination charge made the transfer and took the fee by itself: their ids. */
async function findParts(deps: Deps, payment: RefundablePayment, share: Share, charge: string) {
  const asked = await askWith(deps, payment, stripe => stripe.charges.retrieve(charge, {}, PATIENCE))
  if (!('answer' in asked)) return undefined
  const { transfer, application_fee } = asked.answer
  // Stripe may still be making them.
  if (!transfer || (share.fee_amount > 0 && !application_fee)) return undefined
  return keep(deps.db, share, { transfer: idOf(transfer), fee: idOf(application_fee) })
}

const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null)

type Change = Partial<Pick<Share, 'asked_at' | 'transfer' | 'fee' | 'way' | 'failure'>>

async function keep(db: Database, share: Share, change: Change): Promise<Share> {
  return db
    .updateTable('shares')
    .set({ ...change, updated_at: sql`now()` })
    .where('store_id', '=', share.store_id)
    .where('id', '=', share.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
