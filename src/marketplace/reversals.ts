import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { askWith, type RefundablePayment } from '../refunds/payment.ts'
import type { Share, ShareRefund } from './table.ts'
import { PATIENCE } from './transfers.ts'

/** What was asked of Stripe for one row, or found done already (then without an id). */
type TakenBack = { reversal: string | null; fee_refund: string | null; reversed: number }

/**
 * Takes back from a vendor what one refund takes from its share, and returns the fee on it. Stripe is asked what it has
 * taken back so far: whoever refunds in the dashboard may have done this there, and an answer may have been lost; only
 * what is missing is asked for. False when Stripe was not reached or refused.
 */
export async function takeBack(
  deps: Deps,
  payment: RefundablePayment,
  share: Share,
  row: ShareRefund,
  rows: ShareRefund[],
): Promise<boolean> {
  // It became one to be paid by hand since: so this is taken back by hand too.
  const byStripe = share.way !== 'manual_payout' && share.transfer !== null
  const asked = byStripe
    ? await askWith(deps, payment, async (stripe): Promise<TakenBack> => {
        // The fee first, so that the vendor's account has it when all of its part is taken.
        const fee_refund = await returnFee(stripe, share, row, rows)
        return { fee_refund, ...(await reverse(stripe, share, row, rows)) }
      })
    : { answer: { reversal: null, fee_refund: null, reversed: 0 } }
  const change =
    'answer' in asked
      ? { state: 'made' as const, failure: null, ...asked.answer }
      : { failure: asked.code ?? asked.failure }
  await deps.db
    .updateTable('share_refunds')
    .set({ ...change, updated_at: sql`now()` })
    .where('store_id', '=', row.store_id)
    .where('id', '=', row.id)
    .execute()
  return 'answer' in asked
}

async function returnFee(stripe: Stripe, share: Share, row: ShareRefund, rows: ShareRefund[]) {
  if (!share.fee || row.return_fee === 0) return null
  const fee = await stripe.applicationFees.retrieve(share.fee, {}, PATIENCE)
  const wanted = rows.reduce(
    (sum, one) => sum + (one.state === 'undone' && !one.fee_refund ? 0 : one.return_fee),
    0,
  )
  const amount = Math.min(row.return_fee, wanted - fee.amount_refunded)
  if (amount <= 0) return null
  const made = await stripe.applicationFees.createRefund(
    share.fee,
    { amount, metadata: metadataOf(row) },
    { idempotencyKey: `${row.id}-fee`, ...PATIENCE },
  )
  return made.id
}

async function reverse(stripe: Stripe, share: Share, row: ShareRefund, rows: ShareRefund[]) {
  if (row.reverse === 0) return { reversal: null, reversed: 0 }
  const transfer = await stripe.transfers.retrieve(share.transfer!, {}, PATIENCE)
  const wanted = rows.reduce((sum, one) => sum + (one.state === 'undone' ? one.reversed : one.reverse), 0)
  const amount = Math.min(row.reverse, wanted - transfer.amount_reversed)
  if (amount <= 0) return { reversal: null, reversed: row.reverse }
  const made = await stripe.transfers.createReversal(
    share.transfer!,
    { amount, metadata: metadataOf(row) },
    { idempotencyKey: row.id, ...PATIENCE },
  )
  return { reversal: made.id, reversed: row.reverse }
}

const metadataOf = (row: ShareRefund) => ({ share_refund_id: row.id, refund_id: row.refund_id })
