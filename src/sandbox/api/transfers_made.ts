import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { move } from '../payments/balance.ts'
import { shown } from '../payments/currencies.ts'

export const Transfers = collection<Stripe.Transfer>({
  url: '/v1/transfers',
  noun: 'transfer',
  prefix: 'tr_',
})
export const TransferReversals = collection<Stripe.TransferReversal>({
  url: '/v1/transfer_reversals',
  noun: 'transfer reversal',
  prefix: 'trr_',
})

/** What a platform gives a connected account. Minor units; `fee` goes back to the platform at once. */
interface Gift {
  amount: number
  currency: string
  destination: string
  source_transaction?: string | null
  transfer_group?: string | null
  description?: string | null
  metadata?: Stripe.Metadata
  fee?: number
}

/** Moves money from the platform to a connected account, where it arrives as a payment (`py_…`). */
export function makeTransfer(context: Context, gift: Gift): Stripe.Transfer {
  const { world, books } = context
  const { amount, currency, destination, fee = 0, source_transaction = null } = gift
  const id = newId('tr_3')
  const payment = newId('py_1')
  const available = source_transaction === null
  const receiver = world.of(destination, books.livemode)
  const fee_details: Stripe.BalanceTransaction.FeeDetail[] = fee
    ? [{ amount: fee, application: null, currency, description: 'application fee', type: 'application_fee' }]
    : []
  move(receiver, { type: 'payment', amount, currency, source: payment, fee_details, available })
  const balance_transaction = move(books, {
    type: 'transfer',
    amount: -amount,
    currency,
    source: id,
    available,
  })
  const transfer: Stripe.Transfer = {
    id,
    object: 'transfer',
    amount,
    amount_reversed: 0,
    balance_transaction: balance_transaction.id,
    created: now(),
    currency,
    description: gift.description ?? null,
    destination,
    destination_payment: payment,
    livemode: books.livemode,
    metadata: gift.metadata ?? {},
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction,
    source_type: 'card',
    transfer_group: gift.transfer_group ?? null,
  }
  books.of(Transfers).put(transfer)
  emit(context, 'transfer.created', transfer)
  return transfer
}

interface Back {
  /** Minor units; all that is left, if not said. */
  amount?: number | undefined
  metadata?: Stripe.Metadata
  source_refund?: string | null
}

/** Takes money back from a connected account. 400 when it is more than is left of the transfer. */
export function reverseTransfer(
  context: Context,
  transfer: Stripe.Transfer,
  back: Back,
): Stripe.TransferReversal {
  const { world, books } = context
  const { currency } = transfer
  const left = transfer.amount - transfer.amount_reversed
  const amount = back.amount ?? left
  if (left === 0) {
    throw invalid(`Transfer ${transfer.id} has already been fully reversed.`, { param: 'amount' })
  }
  if (amount > left) {
    throw invalid(
      `Reversal amount (${shown(amount, currency)}) is greater than unrefunded amount on transfer ` +
        `(${shown(left, currency)})`,
      { param: 'amount' },
    )
  }
  const before = { ...transfer }
  const id = newId('trr_1')
  const receiver = world.of(String(transfer.destination), books.livemode)
  const payment = String(transfer.destination_payment)
  move(receiver, { type: 'payment_refund', amount: -amount, currency, source: payment, available: true })
  const moved = move(books, { type: 'transfer_refund', amount, currency, source: id, available: true })
  const reversal: Stripe.TransferReversal = {
    id,
    object: 'transfer_reversal',
    amount,
    balance_transaction: moved.id,
    created: now(),
    currency,
    destination_payment_refund: newId('pyr_1'),
    metadata: back.metadata ?? {},
    source_refund: back.source_refund ?? null,
    transfer: transfer.id,
  }
  books.of(TransferReversals).put(reversal)
  transfer.reversals = { ...transfer.reversals, data: [reversal, ...transfer.reversals.data] }
  transfer.amount_reversed += amount
  transfer.reversed = transfer.amount_reversed === transfer.amount
  emit(context, 'transfer.reversed', transfer, before)
  return reversal
}
