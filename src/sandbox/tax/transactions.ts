import type Stripe from 'stripe'
import { TaxCalculations, validCalculation } from '../api/tax_calculations.ts'
import { type Books, collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'
import type { List } from '../engine/lists.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'

export type Transaction = Stripe.Tax.Transaction
export type Line = Stripe.Tax.TransactionLineItem

/** Beside a transaction: its lines, the calculation that it was made from, and how much of it was taken back. */
interface Note {
  lines: Line[]
  calculation: string | null
  taken_back: number
}

export const TaxTransactions = collection<Transaction, Note>({
  url: '/v1/tax/transactions',
  noun: 'tax transaction',
  prefix: 'tax_',
  includes: {
    line_items: (books, { id }): List<Line> => ({
      object: 'list',
      data: linesOf(books, id),
      has_more: false,
      url: `/v1/tax/transactions/${id}/line_items`,
    }),
  },
})

export const linesOf = (books: Books, id: string): Line[] => books.of(TaxTransactions).note(id).lines

export interface Wish {
  reference: string
  metadata?: Stripe.MetadataParam | '' | undefined
}

/** Records what was sold and taxed. A calculation becomes one transaction, and a reference is used once. */
export function commit(
  context: Context,
  { calculation: id, reference, metadata, posted_at }: Wish & { calculation: string; posted_at?: number },
): Transaction {
  const { books } = context
  const calculation = validCalculation(books, id, 'calculation')
  checkReference(context, reference)
  for (const known of books.of(TaxTransactions).newest()) {
    if (books.of(TaxTransactions).note(known.id).calculation !== id) continue
    throw invalid(`The tax calculation ${id} has already been used to create a transaction.`, {
      param: 'calculation',
    })
  }
  const lines = books.of(TaxCalculations).note(id)
  const made: Transaction = {
    id: newId('tax_1'),
    object: 'tax.transaction',
    created: now(),
    currency: calculation.currency,
    customer: calculation.customer,
    customer_details: calculation.customer_details,
    livemode: books.livemode,
    metadata: mergeMetadata(null, metadata),
    posted_at: posted_at ?? now(),
    reference,
    reversal: null,
    ship_from_details: calculation.ship_from_details,
    shipping_cost: calculation.shipping_cost,
    tax_date: calculation.tax_date,
    type: 'transaction',
  }
  return books.of(TaxTransactions).put(made, {
    calculation: id,
    taken_back: 0,
    lines: lines.map(line => ({
      id: newId('tax_li_'),
      object: 'tax.transaction_line_item',
      amount: line.amount,
      amount_tax: line.amount_tax,
      livemode: line.livemode,
      metadata: line.metadata,
      product: line.product,
      quantity: line.quantity,
      reference: line.reference,
      reversal: null,
      tax_behavior: line.tax_behavior,
      tax_code: line.tax_code,
      type: 'transaction',
    })),
  })
}

/** Refuses a reference that a transaction has already. */
export function checkReference({ books }: Context, reference: string): void {
  for (const known of books.of(TaxTransactions).newest()) {
    if (known.reference !== reference) continue
    throw invalid(`A tax transaction with reference '${reference}' already exists.`, {
      code: 'resource_already_exists',
      param: 'reference',
    })
  }
}
