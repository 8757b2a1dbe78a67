import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { stepOf } from '../lib/money.ts'
import type { LinePrice, Totals } from '../pricing/price.ts'
import type { Shipped, TaxPart } from './table.ts'

type Params = Stripe.Tax.CalculationCreateParams

/** What Stripe Tax is asked about an order, and a digest by which one question is known from another. */
export type TaxQuestion = { params: Params; digest: string }

/** What an order's tax depends on. */
type Taxable = {
  currency: string
  lines: readonly { quantity: number; amount: number; tax_code?: string | null }[]
  shipping: Shipped | null
  stripe_tax: { inclusive: boolean; billing: Shipped | null } | null
}

/** What to ask about an order of these prices (without tax); null while nobody said where it goes. Minor units. */
export function taxQuestion(
  { currency, lines, shipping, stripe_tax }: Taxable,
  priced: { lines: LinePrice[]; totals: Totals },
): TaxQuestion | null {
  const to = shipping ?? stripe_tax?.billing
  if (!stripe_tax || !to) return null
  const tax_behavior = stripe_tax.inclusive ? 'inclusive' : 'exclusive'
  const params: Params = {
    currency,
    line_items: lines.map(({ quantity, amount, tax_code }, index) => ({
      amount: amount - priced.lines[index]!.discount,
      quantity,
      reference: referenceOf(index),
      tax_behavior,
      ...(tax_code ? { tax_code } : {}),
    })),
    ...(priced.totals.shipping > 0
      ? { shipping_cost: { amount: priced.totals.shipping, tax_behavior } }
      : {}),
    customer_details: {
      address: {
        country: to.country,
        ...(to.region ? { state: to.region } : {}),
        ...(to.postal_code ? { postal_code: to.postal_code } : {}),
      },
      address_source: shipping ? 'shipping' : 'billing',
    },
    expand: ['line_items'],
  }
  const digest = createHash('sha256').update(JSON.stringify(params)).digest('base64url').slice(0, 22)
  return { params, digest }
}

const referenceOf = (index: number): string => `line-${index + 1}`

/** What Stripe answered, as it is frozen in the order. Minor units, one tax for each line. */
export type TaxAnswer = {
  calculation: string
  question: string
  lines: number[]
  shipping: number
  breakdown: TaxPart[]
}

/** The answer is not about what was asked, or does not add up: nothing is priced by it, and nothing rounded. */
export class TaxDoesNotAddUp extends Error {}

/**
 * Reads a calculation with all of its lines. Every part is compared with what was asked, and their sums with Stripe's
 * total. Throws TaxDoesNotAddUp.
 */
export function readCalculation(
  { params, digest }: TaxQuestion,
  calculation: Stripe.Tax.Calculation,
  items: readonly Stripe.Tax.CalculationLineItem[],
): TaxAnswer {
  const insist = (holds: boolean, what: string) => {
    if (!holds) throw new TaxDoesNotAddUp(`calculation ${calculation.id}: ${what}`)
  }
  const { currency, line_items, shipping_cost } = params
  const inclusive = line_items[0]?.tax_behavior === 'inclusive'
  const byReference = new Map(items.map(item => [item.reference, item]))
  insist(calculation.id !== null, 'it has no id')
  insist(calculation.currency === currency, 'another currency')
  insist(items.length === line_items.length, 'other lines')
  const lines = line_items.map(({ reference, amount, tax_behavior }) => {
    const item = byReference.get(reference!)
    insist(item?.amount === amount && item.tax_behavior === tax_behavior, `${reference} is another line`)
    return item!.amount_tax
  })
  const cost = calculation.shipping_cost
  insist((cost?.amount ?? 0) === (shipping_cost?.amount ?? 0), 'another shipping cost')
  const shipping = cost?.amount_tax ?? 0

  const taxes = [...lines, shipping]
  const step = stepOf(currency)
  insist(
    taxes.every(tax => Number.isSafeInteger(tax) && tax >= 0 && tax % step === 0),
    'a tax that is no amount',
  )
  const tax = sum(taxes)
  const added = inclusive ? 0 : tax
  const net = sum(line_items.map(({ amount }) => amount)) + (shipping_cost?.amount ?? 0)
  insist(calculation.tax_amount_exclusive === added, 'the tax that is added')
  insist(calculation.tax_amount_inclusive === tax - added, 'the tax that is contained')
  insist(calculation.amount_total === net + added, 'the total')
  const breakdown = calculation.tax_breakdown.flatMap(partOf)
  return { calculation: calculation.id!, question: digest, lines, shipping, breakdown }
}

function partOf({ amount, tax_rate_details: rate }: Stripe.Tax.Calculation.TaxBreakdown): TaxPart[] {
  if (amount === 0) return []
  const { country, state, tax_type, percentage_decimal } = rate
  return [{ country, region: state, type: tax_type, percentage: percentage_decimal, amount }]
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0)
