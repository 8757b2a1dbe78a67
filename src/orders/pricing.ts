import type { FrozenDiscount } from '../catalog/redemptions.ts'
import { formatMoney, MAXIMUM_CHARGE, minimumCharge, stepOf } from '../lib/money.ts'
import { problem } from '../lib/problem.ts'
import { price, type Tax, type Totals } from '../pricing/price.ts'
import { type Place, shippingTaxFor, type TaxRate, taxFor } from '../pricing/tax.ts'
import type { FrozenShipping, FrozenTax, OrderLine } from './table.ts'

export const NothingToPay = problem('nothing-to-pay', 422, 'There is nothing in the cart that can be bought')
export const AmountOutOfRange = problem('amount-out-of-range', 422, 'The total cannot be charged')

/** What an order is priced from; its terms are its own, whatever became of the store's since. */
export type OrderTerms = {
  currency: string
  lines: Omit<OrderLine, 'discount' | 'tax'>[]
  discount: FrozenDiscount | null
  shipping: FrozenShipping | null
}

/** The price of an order, line by line and in sum. Throws NothingToPay and AmountOutOfRange. */
export function priceOrder({ currency, lines, discount, shipping }: OrderTerms): {
  lines: OrderLine[]
  totals: Totals
} {
  if (lines.length === 0) throw new NothingToPay()
  const priced = price({
    currency,
    lines: lines.map(({ amount, tax_rate }) => ({ amount, tax: tax_rate })),
    discount: discount?.terms ?? null,
    shipping: shipping && {
      amount: shipping.rate_amount,
      free_from: shipping.free_from,
      tax: shipping.tax_rate,
    },
  })
  refuseUnchargeable(priced.totals.total, currency)
  return {
    lines: lines.map((line, index) => {
      const { discount, tax } = priced.lines[index]!
      return { ...line, discount, tax }
    }),
    totals: priced.totals,
  }
}

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
