import type Stripe from 'stripe'
import { type List, page } from '../engine/lists.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import { expand, int, paging, range, text } from '../engine/params.ts'
import { missing } from '../engine/refusal.ts'
import { listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { ApplicationFees, FeeRefunds, refundFee } from './application_fees_taken.ts'

/** A platform's shares of its connected accounts' payments, and what it gives back of them. */
export const applicationFees: Resource = {
  operations: [
    retrieving(ApplicationFees, 'connected_account.read'),
    listing<Stripe.ApplicationFeeListParams, Stripe.ApplicationFee>(
      ApplicationFees,
      'connected_account.read',
      { ...paging, charge: text(), created: range, expand },
      (fee, { charge }) => !charge || fee.charge === charge || fee.originating_transaction === charge,
    ),
    operation<Stripe.ApplicationFeeCreateRefundParams>({
      method: 'POST',
      path: '/v1/application_fees/:id/refunds',
      needs: 'connected_account.write',
      params: { amount: int(1), expand, metadata },
      run(call) {
        const { amount } = call.params
        const fee = call.books.need(ApplicationFees, call.path.id!)
        return refundFee(call, fee, { amount, metadata: mergeMetadata(null, call.params.metadata) })
      },
    }),
    operation<Stripe.ApplicationFeeListRefundsParams>({
      method: 'GET',
      path: '/v1/application_fees/:id/refunds',
      needs: 'connected_account.read',
      params: { ...paging, expand },
      run(call): List<Stripe.FeeRefund> {
        const fee = call.books.need(ApplicationFees, call.path.id!)
        const kind = { url: fee.refunds.url, noun: 'fee refund' }
        return page(call.books.of(FeeRefunds), call.params, kind, refund => refund.fee === fee.id)
      },
    }),
    operation<Stripe.ApplicationFeeRetrieveRefundParams>({
      method: 'GET',
      path: '/v1/application_fees/:id/refunds/:refund',
      needs: 'connected_account.read',
      params: { expand },
      run(call) {
        const fee = call.books.need(ApplicationFees, call.path.id!)
        const found = fee.refunds.data.find(refund => refund.id === call.path.refund)
        if (!found) throw missing('fee refund', call.path.refund!)
        return found
      },
    }),
  ],
}
