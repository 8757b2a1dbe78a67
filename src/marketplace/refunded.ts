import { sql, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { newId } from '../lib/ids.ts'
import { splitRefund } from '../pricing/split.ts'
import type { Refund } from '../refunds/table.ts'
import { type Paid, sharesOfOrder } from './ledger.ts'
import type { Share, ShareRefund } from './table.ts'

/**
 * Splits the refunds that succeeded since, oldest first: each is shared out over what the ones before it have left.
 * One that failed after all is undone, and its vendors are owed their part again.
 */
export async function writeRefunds(trx: Transaction<Tables>, order: Paid): Promise<void> {
  const refunds = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('store_id', '=', order.store_id)
    .where('order_id', '=', order.id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  await undo(trx, order, refunds)
  const { shares, refunds: known } = await sharesOfOrder(trx, order.store_id, order.id)
  const left = shares.map(({ id, amount, commission }) => {
    const back = known.filter(one => one.share_id === id && one.state !== 'undone')
    return {
      amount: back.reduce((rest, one) => rest - one.amount, amount),
      commission: back.reduce((rest, one) => rest - one.commission, commission),
    }
  })
  let ownLeft = ownOf(order) - ownGiven(refunds, known)
  const rows = refunds
    .filter(({ id, status }) => status === 'succeeded' && !known.some(one => one.refund_id === id))
    .flatMap(refund => {
      const all = left.reduce((sum, one) => sum + one.amount + one.commission, ownLeft)
      // More than all of it is refunded only while a failure of another refund is not told yet.
      const amount = Math.min(refund.amount, all)
      const parts = splitRefund(order.currency, amount, refund.commission ?? 'return', left, ownLeft)
      ownLeft -= parts.own
      return shares.map((share, index) => {
        const part = parts.vendors[index]!
        left[index] = {
          amount: left[index]!.amount - part.amount,
          commission: left[index]!.commission - part.commission,
        }
        return rowOf(share, refund, part, amount)
      })
    })
  if (rows.length > 0) await trx.insertInto('share_refunds').values(rows).execute()
}

/** What the store has of an order beside its commissions: its own lines, and the shipping. */
const ownOf = ({ split }: Paid): number =>
  split.vendors.reduce((rest, { commission }) => rest - commission, split.platform)

function ownGiven(refunds: Refund[], known: ShareRefund[]): number {
  const counted = refunds.filter(({ id }) =>
    known.some(one => one.refund_id === id && one.state !== 'undone'),
  )
  return counted.reduce((sum, { id, amount }) => {
    const given = known
      .filter(one => one.refund_id === id)
      .reduce((parts, one) => parts + one.amount + one.commission, 0)
    return sum + amount - given
  }, 0)
}

/**
 * What is asked of Stripe. A destination charge sent all of it to the vendor, and the store's part came back as the
 * fee: so all that is refunded is taken back, and the fee on it returned. A transfer was the share alone. What is paid
 * by hand is taken back by hand.
 */
function rowOf(share: Share, refund: Refund, part: { amount: number; commission: number }, refunded: number) {
  const reverse = { destination: refunded, transfer: part.amount, manual_payout: 0 }[share.way]
  const return_fee = share.way === 'destination' ? refunded - part.amount : 0
  return {
    store_id: share.store_id,
    id: newId(),
    share_id: share.id,
    refund_id: refund.id,
    ...part,
    reverse,
    return_fee,
    state: reverse + return_fee === 0 ? ('made' as const) : ('pending' as const),
    reversal: null,
    fee_refund: null,
    failure: null,
    refunded_at: refund.created_at,
  }
}

async function undo(trx: Transaction<Tables>, order: Paid, refunds: Refund[]): Promise<void> {
  const failed = refunds.filter(({ status }) => status === 'failed' || status === 'cancelled')
  if (failed.length === 0) return
  await trx
    .updateTable('share_refunds')
    .set({ state: 'undone', updated_at: sql`now()` })
    .where('store_id', '=', order.store_id)
    .where(
      'refund_id',
      'in',
      failed.map(({ id }) => id),
    )
    .execute()
}
