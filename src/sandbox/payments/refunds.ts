import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import { invalid } from '../engine/refusal.ts'
import { alone, type Context } from '../engine/world.ts'
import { move } from './balance.ts'
import { Charges } from './charges.ts'
import { shown } from './currencies.ts'
import { PaymentMethods } from './methods.ts'

/** Refunds; beside each what it should do to a split payment, for the Connect resources to read. */
export const Refunds = collection<Stripe.Refund, RefundTerms>({
  url: '/v1/refunds',
  noun: 'refund',
  prefix: 're_',
  optional: ['failure_balance_transaction'],
})

interface RefundTerms {
  reverse_transfer?: boolean | undefined
  refund_application_fee?: boolean | undefined
}

interface Wish extends RefundTerms {
  /** Minor units; all that is left unless told. */
  amount?: number | undefined
  reason?: Stripe.Refund.Reason | undefined
  metadata?: Stripe.Metadata
}

// What the test cards' refunds wait for before they succeed or fail.
const pendingMs = 3_000

/** Gives money back, never more than is left. 400 with Stripe's own words otherwise. */
export function refund(context: Context, charge: Stripe.Charge, wish: Wish): Stripe.Refund {
  const { books } = context
  const amount = checkRefundable(charge, wish.amount)
  checkParts(charge, wish)
  const scenario = books.of(PaymentMethods).note(charge.payment_method ?? '')
  const before = { ...charge }
  const id = newId('re_3')
  const made = books.of(Refunds).put(
    {
      id,
      object: 'refund',
      amount,
      balance_transaction: null,
      charge: charge.id,
      created: now(),
      currency: charge.currency,
      customer: charge.customer as string | null,
      customer_account: null,
      ...(charge.payment_method_details?.type === 'card'
        ? {
            destination_details: {
              type: 'card',
              card: {
                reference_status: 'pending',
                reference_type: 'acquirer_reference_number',
                type: 'refund',
              },
            },
          }
        : {}),
      metadata: wish.metadata ?? {},
      payment_intent: charge.payment_intent as string | null,
      payment_method: charge.payment_method,
      reason: wish.reason ?? null,
      receipt_number: null,
      source_transfer_reversal: null,
      status: scenario?.refund === 'pending' ? 'pending' : 'succeeded',
      transfer_reversal: null,
    },
    { reverse_transfer: wish.reverse_transfer, refund_application_fee: wish.refund_application_fee },
  )
  made.balance_transaction = move(books, {
    type: 'refund',
    amount: -amount,
    currency: charge.currency,
    source: id,
    description: charge.description ? `REFUND FOR CHARGE (${charge.description})` : 'REFUND FOR CHARGE',
  }).id
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount
  emit(context, 'refund.created', made)
  emit(context, 'charge.refunded', charge, before)
  if (scenario?.refund) {
    const { world } = context
    world.later(pendingMs, () => {
      if (scenario.refund === 'fails') failRefund(alone(world, books), made, 'lost_or_stolen_card')
      else if (made.status === 'pending') settleRefund(alone(world, books), made)
      world.changed()
    })
  }
  return made
}

function checkRefundable(charge: Stripe.Charge, wanted: number | undefined): number {
  const left = charge.amount - charge.amount_refunded
  if (charge.disputed) {
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    })
  }
  if (charge.refunded || left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  if (charge.status !== 'succeeded' || !charge.captured) {
    throw invalid(`Charge ${charge.id} cannot be refunded because it has not succeeded.`, {
      code: 'charge_not_refundable',
    })
  }
  const amount = wanted ?? left
  if (amount > left) {
    throw invalid(
      `Refund amount (${shown(amount, charge.currency)}) is greater than ${left === charge.amount ? 'charge' : 'unrefunded'} ` +
        `amount on charge (${shown(left, charge.currency)})`,
      { param: 'amount' },
    )
  }
  return amount
}

/** Only what was given away can be taken back. */
function checkParts(charge: Stripe.Charge, wish: RefundTerms): void {
  if (wish.reverse_transfer && !charge.transfer) {
    throw invalid(
      `Cannot reverse transfer on charge ${charge.id} because it does not have an associated transfer.`,
      { param: 'reverse_transfer' },
    )
  }
  if (wish.refund_application_fee && !charge.application_fee) {
    throw invalid(`Cannot refund application fee on charge ${charge.id} because it does not have one.`, {
      param: 'refund_application_fee',
    })
  }
}

function settleRefund(context: Context, made: Stripe.Refund): void {
  const before = { ...made }
  made.status = 'succeeded'
  emit(context, 'refund.updated', made, before)
  emit(context, 'charge.refund.updated', made, before)
}

/** The money could not be given back: it returns to the account, and to what can be refunded. */
export function failRefund(context: Context, made: Stripe.Refund, reason: string): void {
  const before = { ...made }
  made.status = 'failed'
  made.failure_reason = reason
  made.failure_balance_transaction = giveBack(context, made, 'refund_failure')
  emit(context, 'refund.updated', made, before)
  emit(context, 'refund.failed', made)
  emit(context, 'charge.refund.updated', made, before)
}

/** Takes a refund back that has not gone out yet. */
export function cancelRefund(context: Context, made: Stripe.Refund): void {
  if (made.status !== 'pending' && made.status !== 'requires_action') {
    throw invalid(`Refund ${made.id} cannot be canceled because it has a status of ${made.status}.`, {
      code: 'status_transition_invalid',
    })
  }
  const before = { ...made }
  made.status = 'canceled'
  made.failure_reason = 'merchant_request'
  made.failure_balance_transaction = giveBack(context, made, 'refund_failure')
  emit(context, 'refund.updated', made, before)
  emit(context, 'charge.refund.updated', made, before)
}

function giveBack({ books }: Context, made: Stripe.Refund, type: 'refund_failure'): string {
  const charge = books.need(Charges, made.charge as string)
  charge.amount_refunded -= made.amount
  charge.refunded = false
  return move(books, { type, amount: made.amount, currency: made.currency, source: made.id }).id
}
