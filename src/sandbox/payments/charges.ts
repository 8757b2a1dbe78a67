import type Stripe from 'stripe'
import { type Books, collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import type { List } from '../engine/lists.ts'
import type { Context } from '../engine/world.ts'
import { move, stripeFee } from './balance.ts'
import type { Decline } from './cards.ts'
import { chargedWith, outcome } from './charge_details.ts'
import { PaymentMethods } from './methods.ts'
import { Refunds } from './refunds.ts'

export const Charges = collection<Stripe.Charge>({
  url: '/v1/charges',
  noun: 'charge',
  prefix: 'ch_',
  optional: ['invoice', 'transfer'],
  includes: {
    refunds(books, charge): List<Stripe.Refund> {
      const data = [...books.of(Refunds).newest()].filter(refund => refund.charge === charge.id)
      return { object: 'list', data, has_more: false, url: `/v1/charges/${charge.id}/refunds` }
    },
  },
})

/** One attempt to take an intent's money with a payment method; not yet decided. */
export function newCharge(
  context: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): Stripe.Charge {
  const { books, base } = context
  const scenario = books.of(PaymentMethods).note(method.id)
  const id = newId('ch_3')
  const captured = intent.capture_method !== 'manual'
  return books.of(Charges).put({
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: intent.application_fee_amount,
    balance_transaction: null,
    billing_details: { ...method.billing_details },
    calculated_statement_descriptor: intent.statement_descriptor ?? 'OWNTILL SANDBOX',
    captured,
    created: now(),
    currency: intent.currency,
    customer: intent.customer as string | null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: books.livemode,
    metadata: { ...intent.metadata },
    on_behalf_of: intent.on_behalf_of as string | null,
    outcome: outcome(scenario),
    paid: false,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: chargedWith(intent, method, scenario),
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: `${base}/console/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: 'pending',
    transfer_data: intent.transfer_data
      ? { amount: intent.transfer_data.amount ?? null, destination: intent.transfer_data.destination }
      : null,
    transfer_group: intent.transfer_group,
  })
}

/** The bank said no. */
export function failCharge(context: Context, charge: Stripe.Charge, decline: Decline): void {
  Object.assign(charge, {
    captured: false,
    failure_code: decline.code,
    failure_message: decline.message,
    outcome: {
      ...outcome({}),
      network_status: 'declined_by_network',
      reason: decline.decline_code ?? decline.code,
      seller_message: 'The bank did not return any further details with this decline.',
      type: 'issuer_declined',
    },
    paid: false,
    receipt_url: null,
    status: 'failed',
  } satisfies Partial<Stripe.Charge>)
  emit(context, 'charge.failed', charge)
}

/** The bank said yes. A captured charge moves the balance; an authorised one waits for its capture. */
export function payCharge(context: Context, charge: Stripe.Charge): void {
  charge.status = 'succeeded'
  charge.paid = true
  if (charge.captured) takeMoney(context.books, charge, charge.amount)
  emit(context, 'charge.succeeded', charge)
}

/** Takes `amount` (minor units) of an authorised charge; what is left over is given back to the shopper's bank. */
export function captureCharge(context: Context, charge: Stripe.Charge, amount: number): void {
  charge.captured = true
  takeMoney(context.books, charge, amount)
  charge.amount_refunded = charge.amount - amount
  emit(context, 'charge.captured', charge)
}

function takeMoney(books: Books, charge: Stripe.Charge, amount: number): void {
  charge.amount_captured = amount
  const fee_details = [stripeFee(amount, charge.currency)]
  // A direct charge on a connected account pays its platform's fee out of the charge.
  if (books.platform && charge.application_fee_amount) {
    fee_details.push({
      amount: charge.application_fee_amount,
      application: null,
      currency: charge.currency,
      description: 'Application fee',
      type: 'application_fee',
    })
  }
  const scenario = books.of(PaymentMethods).note(charge.payment_method ?? '')
  charge.balance_transaction = move(books, {
    type: charge.payment_method_details?.type === 'card' ? 'charge' : 'payment',
    reporting_category: 'charge',
    amount,
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
    fee_details,
    available: scenario?.available ?? false,
  }).id
}
