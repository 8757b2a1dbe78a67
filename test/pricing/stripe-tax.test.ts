import fc from 'fast-check'
import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { stepOf } from '../../src/lib/money.ts'
import { type OrderTerms, priceOrder } from '../../src/orders/pricing.ts'
import { readCalculation, TaxDoesNotAddUp, type TaxQuestion } from '../../src/orders/stripe-tax.ts'
import type { FrozenShipping } from '../../src/orders/table.ts'
import { breakdownOf, calculate } from '../../src/sandbox/tax/calculate.ts'
import { placeOf } from '../../src/sandbox/tax/places.ts'

const PLACES = [
  { country: 'DE', region: null, postal_code: '10115' },
  { country: 'US', region: 'CA', postal_code: '94103' },
  { country: 'US', region: 'NY', postal_code: '10001' },
  { country: 'CH', region: null, postal_code: null },
  { country: 'OM', region: null, postal_code: null },
  { country: 'BR', region: null, postal_code: null },
]

/** Stripe's side: the sandbox's, with the question as it is sent. */
function answer({ params }: TaxQuestion): {
  calculation: Stripe.Tax.Calculation
  items: Stripe.Tax.CalculationLineItem[]
} {
  const { currency, line_items, shipping_cost, customer_details } = params
  const worked = calculate({
    currency,
    place: placeOf(customer_details!.address!),
    collecting: true,
    livemode: false,
    lines: line_items.map(line => ({
      ...line,
      reference: line.reference!,
      quantity: line.quantity!,
      tax_behavior: line.tax_behavior!,
      tax_code: line.tax_code ?? 'txcd_99999999',
    })) as Parameters<typeof calculate>[0]['lines'],
    shipping: shipping_cost
      ? {
          amount: shipping_cost.amount!,
          tax_behavior: shipping_cost.tax_behavior!,
          tax_code: 'txcd_92010001',
        }
      : null,
  })
  const calculation = {
    id: 'taxcalc_1',
    currency,
    amount_total: worked.amount_total,
    tax_amount_exclusive: worked.tax_amount_exclusive,
    tax_amount_inclusive: worked.tax_amount_inclusive,
    tax_breakdown: breakdownOf(worked),
    shipping_cost: worked.shipping,
  } as unknown as Stripe.Tax.Calculation
  return { calculation, items: worked.lines }
}

// Two decimals, none, three of which the last is 0, and hundreds only.
const currencies = fc.constantFrom('eur', 'usd', 'jpy', 'kwd', 'isk')

const terms: fc.Arbitrary<OrderTerms> = currencies.chain(currency => {
  const step = stepOf(currency)
  const amount = (most: number) => fc.integer({ min: 0, max: most }).map(steps => steps * step)
  return fc
    .record({
      lines: fc.array(
        fc.record({
          unit_amount: amount(20_000),
          quantity: fc.integer({ min: 1, max: 9 }),
          tax_code: fc.constantFrom(null, 'txcd_35010000', 'txcd_00000000'),
          vendor_id: fc.constantFrom(null, 'a', 'b'),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      discount: fc.oneof(
        fc.constant(null),
        fc.integer({ min: 1, max: 9_999 }).map(basis_points => ({ basis_points })),
        amount(20_000).map(off => ({ amount: off })),
      ),
      place: fc.constantFrom(...PLACES),
      shipped: fc.boolean(),
      rate: amount(3_000),
      free_from: fc.option(amount(10_000), { nil: null }),
      inclusive: fc.boolean(),
    })
    .map(
      ({ lines, discount, place, shipped, rate, free_from, inclusive }): OrderTerms => ({
        currency,
        lines: lines.map(line => ({
          ...line,
          product_id: null,
          variant_id: null,
          name: 'Thing',
          amount: line.unit_amount * line.quantity,
          image_url: null,
          tax_class: null,
          tax_rate: null,
          commission_bps: line.vendor_id ? 1_000 : null,
        })),
        discount: discount && ({ code: 'OFF', terms: discount } as OrderTerms['discount']),
        shipping: shipped
          ? ({
              ...place,
              rate_id: 'r',
              name: 'Post',
              rate_amount: rate,
              free_from,
              tax_rate: null,
            } satisfies FrozenShipping)
          : null,
        stripe_tax: { inclusive, billing: place, worked_out: null, asked: 0 },
      }),
    )
})

const sum = (amounts: number[]) => amounts.reduce((all, amount) => all + amount, 0)
const chargeable = (all: OrderTerms) => {
  try {
    return priceOrder(all)
  } catch {
    return undefined
  }
}

describe('what Stripe Tax works out', () => {
  test('lines, discount, shipping and tax add up to the total that Stripe says, in any currency', () => {
    let priced = 0
    fc.assert(
      fc.property(terms, all => {
        const untaxed = chargeable(all)
        fc.pre(untaxed?.question != null)
        const { calculation, items } = answer(untaxed.question)
        const worked_out = { ...readCalculation(untaxed.question, calculation, items), account_id: 'acct_1' }
        const taxed = chargeable({ ...all, stripe_tax: { ...all.stripe_tax!, worked_out } })
        fc.pre(taxed !== undefined)
        priced += 1
        const { totals, lines, split, question } = taxed
        expect(question).toBeNull()
        expect(totals.total).toBe(calculation.amount_total)
        expect(totals.subtotal - totals.discount + totals.shipping + totals.tax).toBe(totals.total)
        expect(totals.tax + totals.tax_included).toBe(sum(lines.map(({ tax }) => tax)) + worked_out.shipping)
        expect(all.stripe_tax!.inclusive ? totals.tax : totals.tax_included).toBe(0)
        expect(totals.total % stepOf(all.currency)).toBe(0)
        const given = split ? sum(split.vendors.map(({ amount }) => amount)) + split.platform : totals.total
        expect(given).toBe(totals.total)
      }),
      { numRuns: 1_500 },
    )
    expect(priced).toBeGreaterThan(1_000)
  })

  test('holds for the terms that it was asked about, and for no others', () => {
    fc.assert(
      fc.property(terms, terms, (one, other) => {
        const [first, second] = [chargeable(one), chargeable(other)]
        fc.pre(first?.question != null && second !== undefined)
        fc.pre(first.question.digest !== second.question?.digest)
        const { calculation, items } = answer(first.question)
        const worked_out = { ...readCalculation(first.question, calculation, items), account_id: 'acct_1' }
        const stale = priceOrder({ ...other, stripe_tax: { ...other.stripe_tax!, worked_out } })
        expect(stale.stripe_tax?.worked_out).toBeNull()
        expect(stale.totals).toEqual(second.totals)
      }),
      { numRuns: 300 },
    )
  })

  test('is refused, and never rounded, when any part of it is not as it should be', () => {
    const change = fc.constantFrom(
      (c: Stripe.Tax.Calculation) => ({ ...c, amount_total: c.amount_total + 1 }),
      (c: Stripe.Tax.Calculation) => ({ ...c, amount_total: c.amount_total - 1 }),
      (c: Stripe.Tax.Calculation) => ({ ...c, tax_amount_exclusive: c.tax_amount_exclusive + 1 }),
      (c: Stripe.Tax.Calculation) => ({ ...c, tax_amount_inclusive: c.tax_amount_inclusive + 1 }),
      (c: Stripe.Tax.Calculation) => ({ ...c, currency: 'chf' }),
      (c: Stripe.Tax.Calculation) => ({
        ...c,
        shipping_cost: {
          ...c.shipping_cost,
          amount: (c.shipping_cost?.amount ?? 0) + 1,
          amount_tax: 0,
        } as Stripe.Tax.Calculation.ShippingCost,
      }),
    )
    const bend = fc.constantFrom(
      (items: Stripe.Tax.CalculationLineItem[]) => items.slice(1),
      (items: Stripe.Tax.CalculationLineItem[]) =>
        items.map((item, index) => (index === 0 ? { ...item, amount: item.amount + 1 } : item)),
      (items: Stripe.Tax.CalculationLineItem[]) =>
        items.map((item, index) => (index === 0 ? { ...item, amount_tax: item.amount_tax + 0.5 } : item)),
      (items: Stripe.Tax.CalculationLineItem[]) =>
        items.map((item, index) => (index === 0 ? { ...item, amount_tax: item.amount_tax + 10_000 } : item)),
    )
    fc.assert(
      fc.property(terms, change, bend, (all, wrong, bent) => {
        const untaxed = chargeable(all)
        fc.pre(untaxed?.question != null)
        const { question } = untaxed
        const { calculation, items } = answer(question)
        expect(() => readCalculation(question, wrong(calculation), items)).toThrow(TaxDoesNotAddUp)
        expect(() => readCalculation(question, calculation, bent(items))).toThrow(TaxDoesNotAddUp)
      }),
      { numRuns: 300 },
    )
  })
})
