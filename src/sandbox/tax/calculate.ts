import type Stripe from 'stripe'
import { newId } from '../engine/ids.ts'
import type { Place } from './places.ts'
import { taxOn } from './reckon.ts'

type Behavior = string
type Thing = { amount: number; tax_behavior: Behavior; tax_code: string }

export type CalculatedLine = Stripe.Tax.CalculationLineItem
type Shipping = NonNullable<Stripe.Tax.Calculation['shipping_cost']>

interface ToCalculate {
  currency: string
  place: Place
  /** Whether the account is registered there. */
  collecting: boolean
  livemode: boolean
  lines: (Thing & {
    reference: string
    quantity: number
    product?: string
    metadata?: Stripe.MetadataParam | ''
  })[]
  shipping: Thing | null
}

interface Calculated {
  lines: CalculatedLine[]
  shipping: Shipping | null
  tax_amount_exclusive: number
  tax_amount_inclusive: number
  amount_total: number
}

/** Works out the tax on each thing; the parts always add up to the total. Minor units. */
export function calculate({
  currency,
  place,
  collecting,
  livemode,
  lines,
  shipping,
}: ToCalculate): Calculated {
  const tax = (thing: Thing) =>
    taxOn(
      { amount: thing.amount, inclusive: thing.tax_behavior === 'inclusive', taxCode: thing.tax_code },
      place,
      collecting,
      currency,
    )
  const calculated = lines.map((line): CalculatedLine => {
    const taxed = tax(line)
    return {
      id: newId('tax_li_'),
      object: 'tax.calculation_line_item',
      amount: line.amount,
      amount_tax: taxed.tax,
      livemode,
      metadata: (line.metadata || {}) as Stripe.Metadata,
      performance_location: null,
      product: line.product ?? null,
      quantity: line.quantity,
      reference: line.reference,
      tax_behavior: line.tax_behavior,
      tax_breakdown: taxed.breakdown,
      tax_code: line.tax_code,
    }
  })
  const carried = shipping && tax(shipping)
  const cost: Shipping | null = shipping && {
    amount: shipping.amount,
    amount_tax: carried!.tax,
    tax_behavior: shipping.tax_behavior,
    tax_breakdown: carried!.breakdown,
    tax_code: shipping.tax_code,
  }
  const all = [...calculated, ...(cost ? [cost] : [])]
  const taxOf = (behavior: string) =>
    sum(all.filter(one => one.tax_behavior === behavior).map(one => one.amount_tax))
  const tax_amount_exclusive = taxOf('exclusive')
  return {
    lines: calculated,
    shipping: cost,
    tax_amount_exclusive,
    tax_amount_inclusive: taxOf('inclusive'),
    amount_total: sum(all.map(({ amount }) => amount)) + tax_amount_exclusive,
  }
}

/** The taxes of a whole calculation, those of one rate added up. */
export function breakdownOf({
  lines,
  shipping,
}: Pick<Calculated, 'lines' | 'shipping'>): Stripe.Tax.Calculation['tax_breakdown'] {
  const summed = new Map<string, Stripe.Tax.Calculation['tax_breakdown'][number]>()
  for (const { tax_breakdown, tax_behavior } of [...lines, ...(shipping ? [shipping] : [])]) {
    for (const {
      amount,
      jurisdiction,
      tax_rate_details,
      taxability_reason,
      taxable_amount,
    } of tax_breakdown ?? []) {
      const inclusive = tax_behavior === 'inclusive'
      const key = JSON.stringify([jurisdiction, tax_rate_details, taxability_reason, inclusive])
      const known = summed.get(key)
      if (known) {
        known.amount += amount
        known.taxable_amount += taxable_amount
        continue
      }
      summed.set(key, {
        amount,
        inclusive,
        tax_rate_details: {
          country: jurisdiction.country,
          flat_amount: null,
          percentage_decimal: tax_rate_details?.percentage_decimal ?? '0.0',
          rate_type: tax_rate_details ? 'percentage' : null,
          state: jurisdiction.state,
          tax_type: tax_rate_details?.tax_type ?? null,
        },
        taxability_reason,
        taxable_amount,
      })
    }
  }
  return [...summed.values()]
}

const sum = (amounts: number[]) => amounts.reduce((all, amount) => all + amount, 0)
