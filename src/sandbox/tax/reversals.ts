import type Stripe from 'stripe'
import { newId, now } from '../engine/ids.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import {
  checkReference,
  type Line,
  linesOf,
  TaxTransactions,
  type Transaction,
  type Wish,
} from './transactions.ts'

/** What a reversal takes back: the whole, an amount with its tax (negative), or parts of lines and of the shipping. */
interface Reversed {
  original: Transaction
  flat_amount?: number | undefined
  lines?: Stripe.Tax.TransactionCreateReversalParams.LineItem[] | undefined
  shipping?: Stripe.Tax.TransactionCreateReversalParams.ShippingCost | undefined
}

/** Records what was given back. Refuses more than was sold. */
export function reverse(context: Context, wish: Wish & Reversed): Transaction {
  const { books } = context
  const { original, flat_amount, reference } = wish
  if (original.type === 'reversal') {
    throw invalid('You cannot reverse a reversal transaction.', { param: 'original_transaction' })
  }
  checkReference(context, reference)
  const sold = linesOf(books, original.id)
  const whole = wholeOf(original, sold)
  const note = books.of(TaxTransactions).note(original.id)
  const before = note.taken_back
  if (flat_amount !== undefined) checkFlat(flat_amount, whole.total, before)
  else if (!wish.lines && before > 0) {
    throw invalid('The transaction has already been reversed.', { param: 'original_transaction' })
  }
  const after = before - (flat_amount ?? -whole.total)
  // Of all that was taken back so far, less what was before: in the end nothing is left of any line.
  const upTo = (amount: number, taken: number) => Math.round((amount * taken) / (whole.total || 1))
  const part = (amount: number) => upTo(amount, before) - upTo(amount, after)
  const lines: Line[] = wish.lines
    ? wish.lines.map((line, index) => reversedLine(sold, line, index))
    : sold.map(line => ({
        ...line,
        id: newId('tax_li_'),
        amount: part(line.amount),
        amount_tax: part(line.amount_tax),
        reversal: { original_line_item: line.id },
        type: 'reversal',
      }))
  const cost = original.shipping_cost
  const made: Transaction = {
    ...original,
    id: newId('tax_1'),
    created: now(),
    metadata: mergeMetadata(null, wish.metadata),
    posted_at: now(),
    reference,
    reversal: { original_transaction: original.id },
    shipping_cost:
      cost && (wish.lines ? wish.shipping : true)
        ? {
            ...cost,
            amount: wish.shipping?.amount ?? part(cost.amount),
            amount_tax: wish.shipping?.amount_tax ?? part(cost.amount_tax),
          }
        : null,
    type: 'reversal',
  }
  note.taken_back = wish.lines ? before - wholeOf(made, lines).total : after
  return books.of(TaxTransactions).put(made, { lines, calculation: null, taken_back: 0 })
}

function checkFlat(flat: number, total: number, before: number): void {
  if (flat >= 0) throw invalid('This value must be less than 0.', { param: 'flat_amount' })
  if (-flat + before > total) {
    throw invalid('The reversal amount is greater than what is left of the transaction.', {
      param: 'flat_amount',
    })
  }
}

function reversedLine(
  sold: Line[],
  line: Stripe.Tax.TransactionCreateReversalParams.LineItem,
  index: number,
): Line {
  const original = sold.find(({ id }) => id === line.original_line_item)
  if (!original) {
    throw invalid(`No such tax transaction line item: '${line.original_line_item}'`, {
      code: 'resource_missing',
      param: `line_items[${index}][original_line_item]`,
    })
  }
  const { amount, amount_tax, reference, quantity = original.quantity } = line
  return {
    ...original,
    id: newId('tax_li_'),
    amount,
    amount_tax,
    quantity,
    reference,
    metadata: mergeMetadata(null, line.metadata),
    reversal: { original_line_item: original.id },
    type: 'reversal',
  }
}

function wholeOf({ shipping_cost }: Transaction, lines: Line[]): { total: number } {
  const parts = [...lines, ...(shipping_cost ? [shipping_cost] : [])]
  return {
    total: parts.reduce(
      (sum, { amount, amount_tax, tax_behavior }) =>
        sum + amount + (tax_behavior === 'exclusive' ? amount_tax : 0),
      0,
    ),
  }
}
