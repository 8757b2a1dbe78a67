import type { LinePrice, Totals } from './price.ts'

/** Tax that somebody else worked out for prices that have none of their own. Minor units, one for each line. */
type WorkedOut = { lines: readonly number[]; shipping: number; inclusive: boolean }

type Priced = { lines: LinePrice[]; totals: Totals }

/**
 * The same prices with that tax, contained in them or added: `subtotal − discount + shipping + tax = total` goes on
 * holding, and what is paid for the lines and the shipping adds up to the total. Nothing is rounded here.
 */
export function withTax({ lines, totals }: Priced, { lines: taxes, shipping, inclusive }: WorkedOut): Priced {
  const sum = taxes.reduce((all, tax) => all + tax, shipping)
  const added = inclusive ? 0 : sum
  return {
    lines: lines.map(({ discount, total }, index) => {
      const tax = taxes[index]!
      return { discount, tax, total: total + (inclusive ? 0 : tax) }
    }),
    totals: {
      ...totals,
      tax: totals.tax + added,
      tax_included: totals.tax_included + sum - added,
      total: totals.total + added,
    },
  }
}
