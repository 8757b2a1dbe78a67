import type Stripe from 'stripe'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import { anything, clearable, expand, flag, form, one, paging, range, text } from '../engine/params.ts'
import { listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { answerDispute, closeDispute, Disputes } from '../payments/disputes.ts'

const { url } = Disputes

const evidence = form<Stripe.DisputeUpdateParams.Evidence>({
  access_activity_log: text(20000),
  appeal: anything,
  billing_address: text(),
  cancellation_policy: text(),
  cancellation_policy_disclosure: text(20000),
  cancellation_rebuttal: text(20000),
  customer_communication: text(),
  customer_email_address: text(),
  customer_name: text(),
  customer_purchase_ip: text(),
  customer_signature: text(),
  duplicate_charge_documentation: text(),
  duplicate_charge_explanation: text(20000),
  duplicate_charge_id: text(),
  enhanced_evidence: anything,
  product_description: text(20000),
  receipt: text(),
  refund_policy: text(),
  refund_policy_disclosure: text(20000),
  refund_refusal_explanation: text(20000),
  service_date: text(),
  service_documentation: text(),
  shipping_address: text(),
  shipping_carrier: text(),
  shipping_date: text(),
  shipping_documentation: text(),
  shipping_tracking_number: text(),
  uncategorized_file: text(),
  uncategorized_text: text(20000),
})

export const disputes: Resource = {
  operations: [
    retrieving(Disputes, 'dispute.read'),
    operation<Stripe.DisputeUpdateParams>({
      method: 'POST',
      path: `${url}/:id`,
      needs: 'dispute.write',
      params: {
        evidence,
        expand,
        intended_submission_method: one('manual', 'prefer_manual', 'prefer_smart_disputes', 'smart_disputes'),
        metadata: clearable(metadata),
        submit: flag,
      },
      run(call) {
        const dispute = call.books.need(Disputes, call.path.id!)
        // Stripe submits evidence at once unless told to keep it as a draft.
        const { evidence, submit = evidence !== undefined } = call.params
        const merged = mergeMetadata(dispute.metadata, call.params.metadata)
        answerDispute(call, dispute, { ...evidence }, submit, merged)
        return dispute
      },
    }),
    operation<Stripe.DisputeCloseParams>({
      method: 'POST',
      path: `${url}/:id/close`,
      needs: 'dispute.write',
      params: { expand },
      run(call) {
        const dispute = call.books.need(Disputes, call.path.id!)
        closeDispute(call, dispute, false)
        return dispute
      },
    }),
    listing<Stripe.DisputeListParams, Stripe.Dispute>(
      Disputes,
      'dispute.read',
      { ...paging, charge: text(), created: range, expand, payment_intent: text() },
      (dispute, { charge, payment_intent }) =>
        (!charge || dispute.charge === charge) &&
        (!payment_intent || dispute.payment_intent === payment_intent),
    ),
  ],
}
