import type Stripe from 'stripe'

/** One line before it is priced. Minor units. */
export interface Priced {
  subtotal: number
  rates: Stripe.TaxRate[]
}

interface Reckoned {
  discount: number
  tax: number
  total: number
  taxes: { amount: number; rate: Stripe.TaxRate; taxable_amount: number }[]
}

/** What a coupon takes off a sum, in minor units: never more than the sum. */
export function takenOff(coupon: Stripe.Coupon | undefined, subtotal: number): number {
  if (!coupon) return 0
  if (coupon.amount_off !== null) return Math.min(coupon.amount_off, subtotal)
  return Math.round((subtotal * coupon.percent_off!) / 100)
}

/** Reckons each line: its part of the discount, then its taxes. The parts always add up to the whole. */
export function reckon(lines: Priced[], discount: number): Reckoned[] {
  const parts = share(
    discount,
    lines.map(line => line.subtotal),
  )
  return lines.map((line, index) => {
    const part = parts[index]!
    const taxable_amount = line.subtotal - part
    const taxes = line.rates.map(rate => ({ amount: taxOf(rate, taxable_amount), rate, taxable_amount }))
    const tax = taxes.reduce((sum, { amount }) => sum + amount, 0)
    const added = taxes.reduce((sum, { amount, rate }) => sum + (rate.inclusive ? 0 : amount), 0)
    return { discount: part, tax, total: taxable_amount + added, taxes }
  })
}

const taxOf = (rate: Stripe.TaxRate, taxable: number): number =>
  rate.inclusive
    ? Math.round((taxable * rate.percentage) / (100 + rate.percentage))
    : Math.round((taxable * rate.percentage) / 100)

/** Deals an amount out in proportion to weights, in whole minor units (largest remainder). */
export function share(amount: number, weights: number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (sum === 0) return weights.map(() => 0)
  const exact = weights.map(weight => (amount * weight) / sum)
  const parts = exact.map(Math.floor)
  let left = amount - parts.reduce((total, part) => total + part, 0)
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder)
  for (const { index } of byRemainder) {
    if (left === 0) break
    parts[index]! += 1
    left -= 1
  }
  return parts
}
