import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { move } from './balance.ts'
import { Charges } from './charges.ts'

export const Disputes = collection<Stripe.Dispute>({ url: '/v1/disputes', noun: 'dispute', prefix: 'dp_' })

const fee: Stripe.BalanceTransaction.FeeDetail = {
  amount: 1500,
  application: null,
  currency: 'usd',
  description: 'Dispute fee',
  type: 'stripe_fee',
}

/** The shopper's bank takes a payment back. An inquiry only asks: no money moves. */
export function openDispute(
  context: Context,
  charge: Stripe.Charge,
  reason: 'fraudulent' | 'product_not_received' | 'inquiry' | (string & {}),
): Stripe.Dispute {
  if (charge.disputed) throw invalid(`Charge ${charge.id} is already disputed.`, { code: 'charge_disputed' })
  const { books } = context
  const inquiry = reason === 'inquiry'
  const id = newId('dp_1')
  const card = charge.payment_method_details?.card
  const dispute: Stripe.Dispute = {
    id,
    object: 'dispute',
    amount: charge.amount - charge.amount_refunded,
    balance_transactions: [],
    charge: charge.id,
    created: now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(charge),
    evidence_details: {
      due_by: now() + 8 * 24 * 3600,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: books.livemode,
    metadata: {},
    network_reason_code: reason === 'product_not_received' ? '13.1' : '10.4',
    payment_intent: charge.payment_intent as string | null,
    ...(card
      ? {
          payment_method_details: {
            type: 'card',
            card: {
              brand: card.brand ?? 'visa',
              case_type: inquiry ? 'inquiry' : 'chargeback',
              network: card.network ?? 'visa',
              network_reason_code: '10.4',
            },
          },
        }
      : {}),
    reason: inquiry ? 'general' : reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  }
  books.of(Disputes).put(dispute)
  charge.disputed = !inquiry
  if (!inquiry) {
    const fee_details = [{ ...fee, currency: charge.currency }]
    dispute.balance_transactions.push(
      move(books, {
        type: 'adjustment',
        reporting_category: 'dispute',
        amount: -dispute.amount,
        currency: charge.currency,
        source: id,
        description: `Chargeback withdrawal for ${charge.id}`,
        fee_details,
      }),
    )
  }
  emit(context, 'charge.dispute.created', dispute)
  if (!inquiry) emit(context, 'charge.dispute.funds_withdrawn', dispute)
  return dispute
}

/** Keeps evidence and, once submitted, decides: `winning_evidence` wins, `losing_evidence` loses, else under review. */
export function answerDispute(
  context: Context,
  dispute: Stripe.Dispute,
  evidence: Record<string, unknown>,
  submit: boolean,
  metadata: Stripe.Metadata,
): void {
  checkOpen(dispute)
  const before = { ...dispute }
  dispute.evidence = { ...dispute.evidence, ...evidence } as Stripe.Dispute.Evidence
  dispute.metadata = metadata
  dispute.evidence_details = {
    ...dispute.evidence_details,
    has_evidence: dispute.evidence_details.has_evidence || Object.keys(evidence).length > 0,
    ...(submit
      ? { submission_count: dispute.evidence_details.submission_count + 1, submission_method: 'manual' }
      : {}),
  }
  if (submit)
    dispute.status = dispute.status === 'warning_needs_response' ? 'warning_under_review' : 'under_review'
  emit(context, 'charge.dispute.updated', dispute, before)
  if (!submit) return
  const said = dispute.evidence.uncategorized_text
  if (said === 'winning_evidence') closeDispute(context, dispute, true)
  else if (said === 'losing_evidence') closeDispute(context, dispute, false)
}

/** The bank decided. Won: the money comes back, the fee stays. */
export function closeDispute(context: Context, dispute: Stripe.Dispute, won: boolean): void {
  checkOpen(dispute)
  const before = { ...dispute }
  const inquiry = dispute.status.startsWith('warning_')
  dispute.status = inquiry ? 'warning_closed' : won ? 'won' : 'lost'
  dispute.is_charge_refundable = false
  if (won && !inquiry) {
    dispute.balance_transactions = [
      ...dispute.balance_transactions,
      move(context.books, {
        type: 'adjustment',
        reporting_category: 'dispute_reversal',
        amount: dispute.amount,
        currency: dispute.currency,
        source: dispute.id,
        description: `Chargeback reversal for ${dispute.charge}`,
      }),
    ]
    context.books.need(Charges, dispute.charge as string).disputed = true
  }
  emit(context, 'charge.dispute.closed', dispute, before)
  if (won && !inquiry) emit(context, 'charge.dispute.funds_reinstated', dispute)
}

function checkOpen(dispute: Stripe.Dispute): void {
  if (!['won', 'lost', 'warning_closed', 'prevented'].includes(dispute.status)) return
  throw invalid('This dispute is already closed', { code: 'status_transition_invalid' })
}

const noEvidence = (charge: Stripe.Charge): Stripe.Dispute.Evidence => ({
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: charge.billing_details.email,
  customer_name: charge.billing_details.name,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
})
