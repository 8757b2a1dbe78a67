import type Stripe from 'stripe'
import { Accounts } from '../engine/connect.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { ApplicationFees, refundFee, takeFee } from './application_fees_taken.ts'
import { makeTransfer, reverseTransfer, Transfers } from './transfers_made.ts'

/** A paid charge gives the connected account its part and the platform its fee. */
export function splitCharge(context: Context, charge: Stripe.Charge): void {
  if (charge.transfer_data) sendOn(context, charge)
  else if (context.books.platform && charge.application_fee_amount) shareWithPlatform(context, charge)
}

// A destination charge: all of it, or the part that was asked for, goes on; the fee comes back from there.
function sendOn(context: Context, charge: Stripe.Charge): void {
  const { currency, application_fee_amount: fee } = charge
  const destination = String(charge.transfer_data!.destination)
  if (!context.books.of(Accounts).find(destination)) return
  charge.transfer_group ??= `group_${charge.payment_intent}`
  const transfer = makeTransfer(context, {
    amount: charge.transfer_data!.amount ?? charge.amount_captured,
    currency,
    destination,
    source_transaction: charge.id,
    transfer_group: charge.transfer_group,
    fee: fee ?? 0,
  })
  charge.transfer = transfer.id
  if (!fee) return
  charge.application_fee = takeFee(context, {
    account: destination,
    amount: fee,
    currency,
    charge: String(transfer.destination_payment),
    originating_transaction: charge.id,
  }).id
}

// A direct charge: made by the connected account itself, whose platform takes a fee.
function shareWithPlatform(context: Context, charge: Stripe.Charge): void {
  const { world, books } = context
  const platform = { ...context, books: world.of(books.platform!, books.livemode) }
  charge.application_fee = takeFee(platform, {
    account: books.account,
    amount: charge.application_fee_amount!,
    currency: charge.currency,
    charge: charge.id,
    originating_transaction: null,
  }).id
}

interface Wanted {
  reverse_transfer?: boolean | undefined
  refund_application_fee?: boolean | undefined
}

/** Refuses a refund that asks to take back what the charge never gave away. Call before changing anything. */
export function checkSplitRefund(charge: Stripe.Charge, wanted: Wanted): void {
  if (wanted.reverse_transfer && !charge.transfer) {
    throw invalid('Cannot reverse transfer: the charge has no associated transfer.', {
      param: 'reverse_transfer',
    })
  }
  if (wanted.refund_application_fee && !charge.application_fee) {
    throw invalid('Cannot refund application fee: the charge has no application fee.', {
      param: 'refund_application_fee',
    })
  }
}

/**
 * What a refund takes back from the connected account and what the platform gives back of its fee: the same
 * share of each that is refunded of the charge, and all that is left once the charge is refunded in full.
 * Answers the reversal's id for `refund.transfer_reversal`. Call once the charge counts the refund.
 */
export function splitRefund(
  context: Context,
  charge: Stripe.Charge,
  refund: Pick<Stripe.Refund, 'id' | 'amount'>,
  wanted: Wanted,
): string | null {
  const { world, books } = context
  const part = (whole: number, gone: number) =>
    charge.amount_refunded >= charge.amount_captured
      ? whole - gone
      : Math.min(whole - gone, Math.round((whole * refund.amount) / charge.amount_captured))
  let reversal: string | null = null
  const transfer = wanted.reverse_transfer && books.of(Transfers).find(String(charge.transfer))
  if (transfer) {
    const amount = part(transfer.amount, transfer.amount_reversed)
    if (amount > 0) reversal = reverseTransfer(context, transfer, { amount, source_refund: refund.id }).id
  }
  const platform = charge.transfer ? books : books.platform && world.of(books.platform, books.livemode)
  const fee =
    wanted.refund_application_fee && platform?.of(ApplicationFees).find(String(charge.application_fee))
  if (fee) {
    const amount = part(fee.amount, fee.amount_refunded)
    if (amount > 0) refundFee({ ...context, books: platform }, fee, { amount })
  }
  return reversal
}
