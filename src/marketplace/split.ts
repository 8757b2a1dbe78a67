import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../db/tables.ts'
import { Amount } from '../lib/wire.ts'
import type { Order } from '../orders/table.ts'
import { sharesOfOrder } from './ledger.ts'
import type { Share, ShareRefund } from './table.ts'

const Payout = z.enum(['pending', 'by_stripe', 'manual_payout', 'settled']).meta({
  description:
    '`pending`: not paid, or the transfer is under way. `by_stripe`: in its Stripe account. `manual_payout`: to be paid ' +
    'by hand. `settled`: was paid by hand.',
})

export const SplitView = z
  .object({
    platform: Amount.meta({ description: 'What the store keeps: commissions, its own lines, shipping' }),
    manual_payout: z.boolean().meta({ description: 'Something of it is to be paid by hand' }),
    vendors: z.array(
      z.object({
        vendor_id: z.string(),
        gross: Amount.meta({ description: 'commission + amount' }),
        commission_bps: z.number(),
        commission: Amount,
        amount: Amount.meta({ description: 'The share of the vendor' }),
        amount_refunded: Amount.meta({ description: 'What it gave back of that' }),
        commission_refunded: Amount,
        payout: Payout,
        transfer: z.string().nullable().meta({ description: "Stripe's id of the transfer" }),
      }),
    ),
  })
  .meta({ id: 'Split' })

/** The split of an order with what became of it; null when it has no vendors. */
export async function shownSplit(
  db: Kysely<Tables>,
  storeId: string,
  { id, split }: Pick<Order, 'id' | 'split'>,
): Promise<z.output<typeof SplitView> | null> {
  if (!split) return null
  const { shares, refunds } = await sharesOfOrder(db, storeId, id)
  const vendors = split.vendors.map(({ vendor_id, gross, commission_bps, commission, amount }) => {
    const share = shares.find(one => one.vendor_id === vendor_id)
    const back = refunds.filter(one => one.share_id === share?.id && one.state !== 'undone')
    return {
      ...{ vendor_id, gross, commission_bps, commission, amount },
      amount_refunded: sum(back, 'amount'),
      commission_refunded: sum(back, 'commission'),
      payout: payoutOf(share),
      transfer: share?.transfer ?? null,
    }
  })
  return {
    platform: split.platform,
    manual_payout: vendors.some(({ payout }) => payout === 'manual_payout'),
    vendors,
  }
}

const sum = (rows: ShareRefund[], of: 'amount' | 'commission'): number =>
  rows.reduce((all, row) => all + row[of], 0)

function payoutOf(share: Share | undefined): z.output<typeof Payout> {
  if (!share) return 'pending'
  if (share.way === 'manual_payout') return share.settled_at ? 'settled' : 'manual_payout'
  return share.transfer || share.amount === 0 ? 'by_stripe' : 'pending'
}
