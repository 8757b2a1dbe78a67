import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { sharesOfOrder } from './ledger.ts'

/** What Stripe refused, or did not answer: a vendor's share on its way there, or what a refund takes back of it. */
export type Trouble = {
  vendor_id: string
  what: 'transfer' | 'reversal'
  /** Minor units of the order's currency. */
  amount: number
  /** Stripe's own code where it gave one, else what kind of failure it was (src/stripe/errors.ts). */
  failure: string
  /** Stripe will never do it: somebody has to. */
  by_hand: boolean
}

/** What keeps the vendors of an order from being even with it, oldest first. */
export async function troublesOf(db: Kysely<Tables>, storeId: string, orderId: string): Promise<Trouble[]> {
  const { shares, refunds } = await sharesOfOrder(db, storeId, orderId)
  return shares.flatMap(({ id, vendor_id, way, amount, transfer, settled_at, failure }) => {
    const by_hand = way === 'manual_payout'
    const back = refunds.filter(one => one.share_id === id && one.state === 'pending')
    return [
      ...(failure && !transfer && !settled_at
        ? [{ vendor_id, what: 'transfer' as const, amount, failure, by_hand }]
        : []),
      ...back.flatMap(row =>
        row.failure
          ? [
              {
                vendor_id,
                what: 'reversal' as const,
                amount: row.amount,
                failure: row.failure,
                by_hand: false,
              },
            ]
          : [],
      ),
    ]
  })
}
