import type { FrozenDiscount } from '../catalog/redemptions.ts'
import { formatMoney, MAXIMUM_CHARGE, minimumCharge, stepOf } from '../lib/money.ts'
import { problem } from '../lib/problem.ts'
import { price, type Tax, type Totals } from '../pricing/price.ts'
import { type Split, split } from '../pricing/split.ts'
import { type Place, shippingTaxFor, type TaxRate, taxFor } from '../pricing/tax.ts'
import { withTax } from '../pricing/worked-out.ts'
import { type TaxQuestion, taxQuestion } from './stripe-tax.ts'
import type { FrozenShipping, FrozenStripeTax, FrozenTax, OrderLine } from './table.ts'

export const NothingToPay = problem('nothing-to-pay', 422, 'There is nothing in the cart that can be bought')
export const AmountOutOfRange = problem('amount-out-of-range', 422, 'The total cannot be charged')

/** What an order is priced from; its terms are its own, whatever became of the store's since. */
export type OrderTerms = {
  currency: string
  lines: Omit<OrderLine, 'discount' | 'tax'>[]
  discount: FrozenDiscount | null
  shipping: FrozenShipping | null
  stripe_tax: FrozenStripeTax | null
}

/** An order's price; `question` is what is still to be asked of Stripe Tax before anybody pays it. */
export type PricedOrder = {
  lines: OrderLine[]
  totals: Totals
  split: Split | null
  stripe_tax: FrozenStripeTax | null
  question: TaxQuestion | null
}

/**
 * The price of an order, line by line and in sum, and who gets what of it. What Stripe Tax worked out for other terms
 * is dropped. `free`: there may be nothing to pay. Throws NothingToPay and AmountOutOfRange.
 */
export function priceOrder(terms: OrderTerms, free = false): PricedOrder {
  const { currency, lines, discount, shipping } = terms
  if (lines.length === 0) throw new NothingToPay()
  const untaxed = price({
    currency,
    lines: lines.map(({ amount, tax_rate }) => ({ amount, tax: tax_rate })),
    discount: discount?.terms ?? null,
    shipping: shipping && {
      amount: shipping.rate_amount,
      free_from: shipping.free_from,
      tax: shipping.tax_rate,
    },
  })
  const { priced, ...tax } = taxedByStripe(terms, untaxed)
  const added = tax.stripe_tax ? !tax.stripe_tax.inclusive : undefined
  if (!free || priced.totals.total > 0) refuseUnchargeable(priced.totals.total, currency)
  return {
    lines: lines.map((line, index) => {
      const { discount, tax } = priced.lines[index]!
      return { ...line, discount, tax }
    }),
    totals: priced.totals,
    split: split(
      currency,
      lines.map(({ vendor_id, commission_bps, tax_rate }, index) => {
        const { total, tax } = priced.lines[index]!
        const onTop = added ?? tax_rate?.inclusive === false
        return { vendor_id, commission_bps, total, tax: onTop ? tax : 0 }
      }),
      priced.totals.total,
    ),
    ...tax,
  }
}

type Priced = ReturnType<typeof price>

function taxedByStripe(
  terms: OrderTerms,
  untaxed: Priced,
): { priced: Priced; stripe_tax: FrozenStripeTax | null; question: TaxQuestion | null } {
  const { stripe_tax } = terms
  if (!stripe_tax) return { priced: untaxed, stripe_tax, question: null }
  const question = taxQuestion(terms, untaxed)
  const { worked_out, inclusive } = stripe_tax
  if (worked_out && worked_out.question === question?.digest) {
    return { priced: withTax(untaxed, { ...worked_out, inclusive }), stripe_tax, question: null }
  }
  // There is no tax on nothing.
  const asked = untaxed.totals.total > 0 ? question : null
  return { priced: untaxed, stripe_tax: { ...stripe_tax, worked_out: null }, question: asked }
}

/** Whether an order may cost nothing: what is sent needs an address, which Stripe asks for with the payment. */
export const mayBeFree = (shippingCountries: string[] | null): boolean => shippingCountries === null

/** What Stripe would refuse later is refused here, in words. Throws AmountOutOfRange. */
export function refuseUnchargeable(amount: number, currency: string): void {
  const limit = (value: number) => formatMoney({ amount: value, currency }, 'en')
  const step = stepOf(currency)
  const least = Math.ceil(minimumCharge(currency) / step) * step
  if (amount < least) throw new AmountOutOfRange(`The least that can be charged is ${limit(least)}.`)
  const most = Math.floor(MAXIMUM_CHARGE / step) * step
  if (amount > most) throw new AmountOutOfRange(`The most that can be charged is ${limit(most)}.`)
}

/** Lines with the tax rates that hold for them at a place. */
export const taxLines = <Line extends { tax_class: string | null }>(
  lines: readonly Line[],
  rates: readonly TaxRate[],
  place: Place,
): (Line & { tax_rate: FrozenTax | null })[] =>
  lines.map(line => ({ ...line, tax_rate: frozen(taxFor(rates, place, line.tax_class)) }))

export const taxOnShipping = (rates: readonly TaxRate[], place: Place): FrozenTax | null =>
  frozen(shippingTaxFor(rates, place))

const frozen = (rate: (Tax & { id: string; name: string }) | null): FrozenTax | null =>
  rate && { id: rate.id, name: rate.name, rate: rate.rate, inclusive: rate.inclusive }
