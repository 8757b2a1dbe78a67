import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { newId } from '../engine/ids.ts'
import { metadata } from '../engine/metadata.ts'
import { expand, form, int, listOf, must, one, paging, text } from '../engine/params.ts'
import { invalid, missing } from '../engine/refusal.ts'
import { type Call, operation, type Resource, retrieving } from '../engine/resource.ts'
import type { Context } from '../engine/world.ts'
import { PaymentIntents } from '../payments/intents.ts'
import { reverse } from '../tax/reversals.ts'
import { commit, linesOf, TaxTransactions } from '../tax/transactions.ts'
import { TaxCalculations } from './tax_calculations.ts'

type Association = Stripe.Tax.Association
type Reversal = Stripe.Tax.TransactionCreateReversalParams

const TaxAssociations = collection<Association>({
  url: '/v1/tax/associations',
  noun: 'tax association',
  prefix: 'taxa_',
})

const { url } = TaxTransactions

/** The tax that was collected and given back: recorded by hand, or with the payments that name a calculation. */
export const taxTransactions: Resource = {
  after: {
    'payment_intent.succeeded': commitPayment,
    'refund.created': reversePayment,
  },
  operations: [
    operation<Stripe.Tax.TransactionCreateFromCalculationParams>({
      method: 'POST',
      path: `${url}/create_from_calculation`,
      needs: 'tax.write',
      params: {
        calculation: must(text()),
        expand,
        metadata,
        posted_at: int(0),
        reference: must(text(500)),
      },
      run: call => commit(call, call.params as Parameters<typeof commit>[1]),
    }),
    operation<Reversal>({
      method: 'POST',
      path: `${url}/create_reversal`,
      needs: 'tax.write',
      params: {
        expand,
        flat_amount: int(Number.MIN_SAFE_INTEGER, -1),
        line_items: listOf(
          form<NonNullable<Reversal['line_items']>[number]>({
            amount: must(int(Number.MIN_SAFE_INTEGER, 0)),
            amount_tax: must(int(Number.MIN_SAFE_INTEGER, 0)),
            metadata,
            original_line_item: must(text()),
            quantity: int(1),
            reference: must(text(500)),
          }),
          100,
        ),
        metadata,
        mode: must(one('full', 'partial')),
        original_transaction: must(text()),
        reference: must(text(500)),
        shipping_cost: form<NonNullable<Reversal['shipping_cost']>>({
          amount: must(int(Number.MIN_SAFE_INTEGER, 0)),
          amount_tax: must(int(Number.MIN_SAFE_INTEGER, 0)),
        }),
      },
      run: reverseByHand,
    }),
    operation<Stripe.Tax.TransactionListLineItemsParams>({
      method: 'GET',
      path: `${url}/:id/line_items`,
      needs: 'tax.read',
      params: { ...paging, expand },
      run(call) {
        const { id } = call.books.need(TaxTransactions, call.path.id!)
        const data = linesOf(call.books, id)
        return { object: 'list', data, has_more: false, url: `${url}/${id}/line_items` }
      },
    }),
    retrieving(TaxTransactions, 'tax.read'),
    operation<Stripe.Tax.AssociationFindParams>({
      method: 'GET',
      path: `${TaxAssociations.url}/find`,
      needs: 'tax.read',
      params: { expand, payment_intent: must(text()) },
      run(call) {
        const { payment_intent } = call.params
        const found = associationOf(call, payment_intent)
        if (!found) throw missing('tax association', payment_intent, 'payment_intent')
        return found
      },
    }),
  ],
}

function reverseByHand(call: Call<Reversal>) {
  const { mode, original_transaction, line_items, shipping_cost, flat_amount, reference, metadata } =
    call.params
  const original = call.books.need(TaxTransactions, original_transaction, 'original_transaction')
  const named = line_items ?? shipping_cost ?? flat_amount
  if (mode === 'partial' && named === undefined) {
    throw invalid('You must specify `line_items`, `shipping_cost` or `flat_amount` in `partial` mode.', {
      code: 'parameter_missing',
      param: 'line_items',
    })
  }
  if (mode === 'full' && named !== undefined) {
    throw invalid('You may not specify amounts in `full` mode.', { param: 'mode' })
  }
  return reverse(call, {
    original,
    reference,
    metadata: metadata ?? undefined,
    flat_amount,
    lines: line_items ?? (shipping_cost ? [] : undefined),
    shipping: shipping_cost,
  })
}

/** Reads the hooks of a PaymentIntent. Refuses a calculation that there is not. */
export function hooksOf(call: Call<unknown>, hooks: unknown): Stripe.PaymentIntent.Hooks | undefined {
  const calculation = (hooks as Stripe.PaymentIntent.Hooks | undefined)?.inputs?.tax?.calculation
  if (!calculation) return undefined
  call.books.need(TaxCalculations, calculation, 'hooks[inputs][tax][calculation]')
  return { inputs: { tax: { calculation } } }
}

function associationOf({ books }: Context, intent: string): Association | undefined {
  for (const known of books.of(TaxAssociations).newest()) {
    if (known.payment_intent === intent) return known
  }
  return undefined
}

// https://docs.stripe.com/tax/payment-intent: what was paid is recorded by itself, and what is given back taken off.
function commitPayment(context: Context, intent: Stripe.PaymentIntent): void {
  const calculation = intent.hooks?.inputs?.tax?.calculation
  if (!calculation) return
  const association: Association = {
    id: newId('taxa_1'),
    object: 'tax.association',
    calculation,
    payment_intent: intent.id,
    tax_transaction_attempts: [],
  }
  context.books.of(TaxAssociations).put(association)
  attempt(association, intent.id, 'another_payment_associated_with_calculation', () =>
    commit(context, { calculation, reference: intent.id }),
  )
}

function reversePayment(context: Context, refund: Stripe.Refund): void {
  const association = associationOf(context, String(refund.payment_intent))
  const sold = association?.tax_transaction_attempts?.find(
    ({ source }) => source === association.payment_intent,
  )
  const original = context.books.of(TaxTransactions).find(sold?.committed?.transaction ?? '')
  if (!association || !original) return
  const { amount } = context.books.need(PaymentIntents, association.payment_intent)
  const flat_amount = refund.amount === amount ? undefined : -refund.amount
  attempt(association, refund.id, 'original_transaction_voided', () =>
    reverse(context, { original, flat_amount, reference: refund.id }),
  )
}

function attempt(
  association: Association,
  source: string,
  reason: Stripe.Tax.Association.TaxTransactionAttempt.Errored.Reason,
  make: () => Stripe.Tax.Transaction,
): void {
  try {
    const committed = { transaction: make().id }
    association.tax_transaction_attempts!.push({ source, status: 'committed', committed })
  } catch {
    association.tax_transaction_attempts!.push({ source, status: 'errored', errored: { reason } })
  }
}
