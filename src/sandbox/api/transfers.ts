import type Stripe from 'stripe'
import { connectedAccount } from '../engine/connect.ts'
import { type List, page } from '../engine/lists.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import { expand, flag, int, must, one, paging, range, text } from '../engine/params.ts'
import { invalid, missing } from '../engine/refusal.ts'
import { type Call, listing, operation, type Resource, retrieving, updating } from '../engine/resource.ts'
import { balanceOf } from '../payments/balance.ts'
import { Charges } from '../payments/charges.ts'
import { checkCurrency, shown } from '../payments/currencies.ts'
import { makeTransfer, reverseTransfer, TransferReversals, Transfers } from './transfers_made.ts'
import { splitCharge, splitRefund } from './transfers_of_charges.ts'

/** Transfers to connected accounts and their reversals, also those that come with a destination charge. */
export const transfers: Resource = {
  before: {
    'charge.succeeded': (context, charge) => {
      if (charge.captured) splitCharge(context, charge)
    },
    'charge.captured': splitCharge,
    'refund.created': splitRefund,
  },
  operations: [
    operation<Stripe.TransferCreateParams>({
      method: 'POST',
      path: '/v1/transfers',
      needs: 'connected_account.write',
      params: {
        currency: must(text(3)),
        destination: must(text()),
        amount: int(1),
        description: text(),
        expand,
        metadata,
        source_transaction: text(),
        source_type: one('bank_account', 'card', 'fpx'),
        transfer_group: text(),
      },
      run: createTransfer,
    }),
    retrieving(Transfers, 'connected_account.read'),
    updating<Stripe.TransferUpdateParams, Stripe.Transfer>(
      Transfers,
      'connected_account.write',
      'transfer.updated',
      { description: text(), expand, metadata },
      (transfer, { description }) => {
        if (description) transfer.description = description
      },
    ),
    listing<Stripe.TransferListParams, Stripe.Transfer>(
      Transfers,
      'connected_account.read',
      { ...paging, created: range, destination: text(), expand, transfer_group: text() },
      (transfer, { destination, transfer_group }) =>
        (!destination || transfer.destination === destination) &&
        (!transfer_group || transfer.transfer_group === transfer_group),
    ),
    operation<Stripe.TransferCreateReversalParams>({
      method: 'POST',
      path: '/v1/transfers/:id/reversals',
      needs: 'connected_account.write',
      params: { amount: int(1), description: text(), expand, metadata, refund_application_fee: flag },
      run(call) {
        const { amount } = call.params
        const transfer = call.books.need(Transfers, call.path.id!)
        return reverseTransfer(call, transfer, {
          amount,
          metadata: mergeMetadata(null, call.params.metadata),
        })
      },
    }),
    operation<Stripe.TransferListReversalsParams>({
      method: 'GET',
      path: '/v1/transfers/:id/reversals',
      needs: 'connected_account.read',
      params: { ...paging, expand },
      run(call): List<Stripe.TransferReversal> {
        const transfer = call.books.need(Transfers, call.path.id!)
        const kind = { url: transfer.reversals.url, noun: 'transfer reversal' }
        return page(
          call.books.of(TransferReversals),
          call.params,
          kind,
          reversal => reversal.transfer === transfer.id,
        )
      },
    }),
    operation<Stripe.TransferRetrieveReversalParams>({
      method: 'GET',
      path: '/v1/transfers/:id/reversals/:reversal',
      needs: 'connected_account.read',
      params: { expand },
      run(call) {
        const transfer = call.books.need(Transfers, call.path.id!)
        const found = transfer.reversals.data.find(reversal => reversal.id === call.path.reversal)
        if (!found) throw missing('transfer reversal', call.path.reversal!)
        return found
      },
    }),
  ],
}

function createTransfer(call: Call<Stripe.TransferCreateParams>): Stripe.Transfer {
  const { params, books } = call
  const currency = checkCurrency(params.currency)
  const { amount, source_transaction } = params
  if (amount === undefined) {
    throw invalid('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' })
  }
  const account = connectedAccount(books, params.destination, 'destination')
  if (account.capabilities?.transfers !== 'active') {
    throw invalid(
      'Your destination account needs to have at least one of the following capabilities enabled: transfers, ' +
        'crypto_transfers, legacy_payments',
      { code: 'insufficient_capabilities_for_transfer' },
    )
  }
  if (source_transaction) checkSource(call, source_transaction, amount, currency)
  else checkBalance(call, amount, currency)
  return makeTransfer(call, {
    ...params,
    amount,
    currency,
    metadata: mergeMetadata(null, params.metadata),
  })
}

// A transfer may wait for the charge that pays it, but all of them together take no more than it brought.
function checkSource(call: Call<unknown>, source: string, amount: number, currency: string): void {
  const charge = call.books.of(Charges).find(source)
  if (!charge) throw missing('charge', source, 'source_transaction')
  const param = { param: 'source_transaction' }
  if (!charge.paid) throw invalid('Cannot use an uncaptured charge as a source_transaction.', param)
  if (charge.currency !== currency) {
    throw invalid(
      `The currency of source_transaction's balance transaction (${charge.currency}) must be the same as the ` +
        `transfer currency (${currency})`,
      param,
    )
  }
  let taken = 0
  for (const transfer of call.books.of(Transfers).newest()) {
    if (transfer.source_transaction === source) taken += transfer.amount
  }
  if (taken + amount > charge.amount_captured) {
    throw invalid(
      `Transfers using this transaction as a source must not exceed the source amount of ` +
        `${shown(charge.amount_captured, currency)}. (There are already transfers using this source, amounting to ` +
        `${shown(taken, currency)}.)`,
      { code: 'transfer_source_balance_parameters_mismatch', ...param },
    )
  }
}

function checkBalance(call: Call<unknown>, amount: number, currency: string): void {
  const available = balanceOf(call.books).available.find(row => row.currency === currency)?.amount ?? 0
  if (available >= amount) return
  throw invalid(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available ' +
      'balance by creating Charges using the 4000000000000077 test card. See: ' +
      'https://stripe.com/docs/testing#available-balance',
    { code: 'balance_insufficient' },
  )
}
