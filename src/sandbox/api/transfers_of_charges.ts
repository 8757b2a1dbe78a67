import type Stripe from 'stripe'
import { Accounts } from '../engine/connect.ts'
import type { Context } from '../engine/world.ts'
import { Charges } from '../payments/charges.ts'
import { Refunds } from '../payments/refunds.ts'
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

/**
 * What a refund takes back from the connected account and what the platform gives back of its fee: the same
 * share of each that is refunded of the charge, and all that is left once the charge is refunded in full.
 */
export function splitRefund(context: Context, refund: Stripe.Refund): void {
  const { world, books } = context
  const charge = books.of(Charges).find(String(refund.charge))
  if (!charge) return
  const wanted = books.of(Refunds).note(refund.id)
  const part = (whole: number, gone: number) =>
    charge.refunded
      ? whole - gone
      : Math.min(whole - gone, Math.round((whole * refund.amount) / charge.amount_captured))

  const transfer = wanted.reverse_transfer && books.of(Transfers).find(String(charge.transfer))
  if (transfer) {
    const amount = part(transfer.amount, transfer.amount_reversed)
    if (amount > 0) {
      refund.transfer_reversal = reverseTransfer(context, transfer, { amount, source_refund: refund.id }).id
    }
  }
  const platform = charge.transfer || !books.platform ? books : world.of(books.platform, books.livemode)
  const fee =
    wanted.refund_application_fee && platform.of(ApplicationFees).find(String(charge.application_fee))
  if (fee) {
    const amount = part(fee.amount, fee.amount_refunded)
    if (amount > 0) refundFee({ ...context, books: platform }, fee, { amount })
  }
}
