import type Stripe from 'stripe'
import { metadata } from '../engine/metadata.ts'
import {
  address,
  anything,
  clearable,
  expand,
  form,
  int,
  must,
  paging,
  range,
  text,
} from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { listing, operation, type Resource, retrieving, updating } from '../engine/resource.ts'
import { capture } from '../payments/capture.ts'
import { Charges } from '../payments/charges.ts'
import { PaymentIntents } from '../payments/intents.ts'
import { fullAddress } from '../payments/method_details.ts'

export const charges: Resource = {
  operations: [
    retrieving(Charges, 'charge.read'),
    updating<Stripe.ChargeUpdateParams, Stripe.Charge>(
      Charges,
      'charge.write',
      'charge.updated',
      {
        customer: text(),
        description: text(40000),
        expand,
        fraud_details: anything,
        metadata,
        receipt_email: text(),
        shipping: form<Stripe.ChargeUpdateParams.Shipping>({
          address: must(address),
          carrier: text(),
          name: must(text()),
          phone: clearable(text()),
          tracking_number: text(),
        }),
        transfer_group: text(),
      },
      (charge, { shipping, description, receipt_email, transfer_group, fraud_details }) => {
        if (description !== undefined) charge.description = description
        if (receipt_email !== undefined) charge.receipt_email = receipt_email
        if (transfer_group !== undefined) charge.transfer_group = transfer_group
        if (fraud_details) charge.fraud_details = fraud_details as Stripe.Charge.FraudDetails
        if (shipping) charge.shipping = { ...shipping, address: fullAddress(shipping.address) }
      },
    ),
    operation<Stripe.ChargeCaptureParams>({
      method: 'POST',
      path: `${Charges.url}/:id/capture`,
      needs: 'charge.write',
      params: {
        amount: int(1),
        application_fee: int(),
        application_fee_amount: int(1),
        expand,
        receipt_email: text(),
        statement_descriptor: text(22),
        statement_descriptor_suffix: text(22),
        transfer_data: anything,
        transfer_group: text(),
      },
      run(call) {
        const charge = call.books.need(Charges, call.path.id!)
        if (charge.captured) {
          throw invalid(`Charge ${charge.id} has already been captured.`, { code: 'charge_already_captured' })
        }
        const intent = call.books.need(PaymentIntents, charge.payment_intent as string)
        capture(call, intent, { amount: call.params.amount })
        return charge
      },
    }),
    listing<Stripe.ChargeListParams, Stripe.Charge>(
      Charges,
      'charge.read',
      { ...paging, created: range, customer: text(), expand, payment_intent: text(), transfer_group: text() },
      (charge, { customer, payment_intent, transfer_group }) =>
        (!customer || charge.customer === customer) &&
        (!payment_intent || charge.payment_intent === payment_intent) &&
        (!transfer_group || charge.transfer_group === transfer_group),
    ),
  ],
}
