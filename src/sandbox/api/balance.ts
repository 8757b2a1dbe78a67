import type Stripe from 'stripe'
import { expand, paging, range, text } from '../engine/params.ts'
import { listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { BalanceTransactions, balanceOf } from '../payments/balance.ts'

export const balance: Resource = {
  operations: [
    operation<Stripe.BalanceRetrieveParams>({
      method: 'GET',
      path: '/v1/balance',
      needs: 'balance.read',
      params: { expand },
      run: call => balanceOf(call.books),
    }),
    retrieving(BalanceTransactions, 'balance.read'),
    listing<Stripe.BalanceTransactionListParams, Stripe.BalanceTransaction>(
      BalanceTransactions,
      'balance.read',
      { ...paging, created: range, currency: text(3), expand, payout: text(), source: text(), type: text() },
      (transaction, { currency, payout, source, type }) =>
        !payout &&
        (!currency || transaction.currency === currency) &&
        (!source || transaction.source === source) &&
        (!type || transaction.type === type),
    ),
  ],
}
