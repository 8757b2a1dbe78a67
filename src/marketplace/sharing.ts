import type { Deps } from '../deps.ts'
import { keepObjects } from '../mirror/keep.ts'
import { type OrderPlace, orderShared, shareLater, takeOrderToShare } from '../orders/sharing.ts'
import { askWith, type RefundablePayment, refundablePayment } from '../refunds/payment.ts'
import { paidOrder, sharesOfOrder, writeShares } from './ledger.ts'
import { writeRefunds } from './refunded.ts'
import { takeBack } from './reversals.ts'
import type { Share, ShareRefund } from './table.ts'
import { PATIENCE, payShare } from './transfers.ts'

/** Brings up to date what the vendors of paid orders got, until told to stop. Several processes may do so at once. */
export async function shareOrders(deps: Deps, stopped = () => false): Promise<void> {
  while (!stopped()) {
    const place = await takeOrderToShare(deps.db)
    if (!place) return
    await shareOrder(deps, place)
  }
}

/**
 * Brings the ledger of one order up to date with its payment and refunds, and Stripe with the ledger. Whatever stops
 * it on the way, the next run goes on: what Stripe is asked for is written down first, and asked for by its own id.
 */
export async function shareOrder(deps: Deps, place: OrderPlace): Promise<void> {
  const kept = await deps.db.transaction().execute(async trx => {
    const paid = await paidOrder(trx, place)
    if (!paid) return undefined
    await writeShares(trx, paid.order, paid.payment)
    await writeRefunds(trx, paid.order)
    return { seen: paid.order.seen, payment_id: paid.payment.id, charge: paid.payment.charge }
  })
  if (!kept) return
  const payment = await refundablePayment(deps.db, place.store_id, kept.payment_id)
  const { shares, refunds } = await sharesOfOrder(deps.db, place.store_id, place.id)
  let done = true
  for (const share of shares) {
    const paid = await payShare(deps, payment, share, kept.charge)
    done = paid !== undefined && (await takeAllBack(deps, payment, paid, refunds)) && done
  }
  if (shares.some(({ way }) => way !== 'manual_payout')) await mirrorTransfers(deps, payment, place)
  await (done ? orderShared(deps.db, place, kept.seen) : shareLater(deps.db, place))
}

/** What Stripe has of the transfers of an order, for the statements to be held against, webhooks or not. */
async function mirrorTransfers(deps: Deps, payment: RefundablePayment, place: OrderPlace): Promise<void> {
  const from = new Date()
  const asked = await askWith(deps, payment, stripe =>
    stripe.transfers.list({ transfer_group: `order_${place.id}`, limit: 100 }, PATIENCE),
  )
  if (!('answer' in asked)) return
  const answer = { body: asked.answer.data, from, until: new Date() }
  await keepObjects(deps.db, { store_id: place.store_id, mode: payment.mode, account: '' }, answer)
}

async function takeAllBack(deps: Deps, payment: RefundablePayment, share: Share, all: ShareRefund[]) {
  const own = all.filter(({ share_id }) => share_id === share.id)
  let done = true
  for (const row of own.filter(({ state }) => state === 'pending')) {
    done = (await takeBack(deps, payment, share, row, own)) && done
  }
  return done
}
