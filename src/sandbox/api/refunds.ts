import type Stripe from 'stripe'
import { emit } from '../engine/events.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import { clearable, expand, flag, int, one, paging, range, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { type Call, listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { Charges } from '../payments/charges.ts'
import { PaymentIntents } from '../payments/intents.ts'
import { cancelRefund, Refunds, refund } from '../payments/refunds.ts'

const { url } = Refunds

function chargeToRefund(call: Call<Stripe.RefundCreateParams>): Stripe.Charge {
  const { charge, payment_intent } = call.params
  if (charge) return call.books.need(Charges, charge, 'charge')
  if (!payment_intent) {
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
      {
        code: 'parameter_missing',
      },
    )
  }
  const intent = call.books.need(PaymentIntents, payment_intent, 'payment_intent')
  const latest = call.books.of(Charges).find(String(intent.latest_charge))
  if (latest?.status !== 'succeeded' || !latest.captured) {
    throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      code: 'payment_intent_unexpected_state',
    })
  }
  return latest
}

export const refunds: Resource = {
  operations: [
    operation<Stripe.RefundCreateParams>({
      method: 'POST',
      path: url,
      needs: 'refund.write',
      params: {
        amount: int(1),
        charge: text(),
        currency: text(3),
        customer: text(),
        expand,
        instructions_email: text(),
        metadata,
        origin: one('customer_balance'),
        payment_intent: text(),
        reason: one('duplicate', 'fraudulent', 'requested_by_customer'),
        refund_application_fee: flag,
        reverse_transfer: flag,
      },
      run(call) {
        const charge = chargeToRefund(call)
        const { amount, reason, reverse_transfer, refund_application_fee } = call.params
        return refund(call, charge, {
          amount,
          reason,
          reverse_transfer,
          refund_application_fee,
          metadata: mergeMetadata({}, call.params.metadata),
        })
      },
    }),
    retrieving(Refunds, 'refund.read'),
    operation<Stripe.RefundUpdateParams>({
      method: 'POST',
      path: `${url}/:id`,
      needs: 'refund.write',
      params: { expand, metadata: clearable(metadata) },
      run(call) {
        const made = call.books.need(Refunds, call.path.id!)
        const before = { ...made }
        made.metadata = mergeMetadata(made.metadata, call.params.metadata)
        emit(call, 'refund.updated', made, before)
        emit(call, 'charge.refund.updated', made, before)
        return made
      },
    }),
    operation<Stripe.RefundCancelParams>({
      method: 'POST',
      path: `${url}/:id/cancel`,
      needs: 'refund.write',
      params: { expand },
      run(call) {
        const made = call.books.need(Refunds, call.path.id!)
        cancelRefund(call, made)
        return made
      },
    }),
    listing<Stripe.RefundListParams, Stripe.Refund, object>(
      Refunds,
      'refund.read',
      { ...paging, charge: text(), created: range, expand, payment_intent: text() },
      (made, { charge, payment_intent }) =>
        (!charge || made.charge === charge) && (!payment_intent || made.payment_intent === payment_intent),
    ),
  ],
}
