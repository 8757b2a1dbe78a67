import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { move } from '../payments/balance.ts'
import { shown } from '../payments/currencies.ts'

export const ApplicationFees = collection<Stripe.ApplicationFee>({
  url: '/v1/application_fees',
  noun: 'application fee',
  prefix: 'fee_',
})
export const FeeRefunds = collection<Stripe.FeeRefund>({
  url: '/v1/application_fee_refunds',
  noun: 'fee refund',
  prefix: 'fr_',
})

/** A platform's share of a payment. Minor units. */
interface Share {
  account: string
  amount: number
  currency: string
  /** The payment on the connected account, and the platform's own charge behind it, if there is one. */
  charge: string
  originating_transaction: string | null
}

/** Writes a platform's fee into the platform's books. */
export function takeFee(platform: Context, share: Share): Stripe.ApplicationFee {
  const { books } = platform
  const id = newId('fee_1')
  const { amount, currency } = share
  const moved = move(books, { type: 'application_fee', amount, currency, source: id })
  const fee: Stripe.ApplicationFee = {
    id,
    object: 'application_fee',
    account: share.account,
    amount,
    amount_refunded: 0,
    application: `ca_${books.account.slice('acct_'.length)}`,
    balance_transaction: moved.id,
    charge: share.charge,
    created: now(),
    currency,
    fee_source: { charge: share.charge, type: 'charge' },
    livemode: books.livemode,
    originating_transaction: share.originating_transaction,
    refunded: false,
    refunds: { object: 'list', data: [], has_more: false, url: `/v1/application_fees/${id}/refunds` },
  }
  books.of(ApplicationFees).put(fee)
  emit(platform, 'application_fee.created', fee)
  return fee
}

/** Gives a fee, or a part of it, back to the connected account. 400 when it is more than is left. */
export function refundFee(
  platform: Context,
  fee: Stripe.ApplicationFee,
  back: { amount?: number | undefined; metadata?: Stripe.Metadata },
): Stripe.FeeRefund {
  const { world, books } = platform
  const { currency } = fee
  const left = fee.amount - fee.amount_refunded
  const amount = back.amount ?? left
  if (amount > left || left === 0) {
    throw invalid(
      `Refund amount (${shown(amount, currency)}) is greater than unrefunded amount on fee (${shown(left, currency)})`,
      { param: 'amount' },
    )
  }
  const before = { ...fee }
  const id = newId('fr_1')
  const account = world.of(String(fee.account), books.livemode)
  move(account, { type: 'application_fee_refund', amount, currency, source: id, available: true })
  const moved = move(books, {
    type: 'application_fee_refund',
    amount: -amount,
    currency,
    source: id,
    available: true,
  })
  const refund: Stripe.FeeRefund = {
    id,
    object: 'fee_refund',
    amount,
    balance_transaction: moved.id,
    created: now(),
    currency,
    fee: fee.id,
    metadata: back.metadata ?? {},
  }
  books.of(FeeRefunds).put(refund)
  fee.refunds = { ...fee.refunds, data: [refund, ...fee.refunds.data] }
  fee.amount_refunded += amount
  fee.refunded = fee.amount_refunded === fee.amount
  emit(platform, 'application_fee.refunded', fee, before)
  return refund
}
