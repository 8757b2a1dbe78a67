import { stepOf } from '../lib/money.ts'
import { roundHalfUp, shareOut } from './shares.ts'

/** A tax: `rate` in millionths (19 % is 190 000), contained in the price or added to it. */
export type Tax = { rate: number; inclusive: boolean }

/** A discount on all lines: a part of them in basis points (15 % is 1 500), or an amount in minor units. */
export type Discount = { basis_points: number } | { amount: number }

/** Shipping in minor units; free as soon as the lines, less the discount, come to `free_from`. */
type Shipping = { amount: number; free_from: number | null; tax: Tax | null }

export type ToPrice = {
  currency: string
  lines: readonly { amount: number; tax: Tax | null }[]
  discount: Discount | null
  shipping: Shipping | null
}

/** What a line comes to: its share of the discount, its tax (contained or added), and what is paid for it. */
export type LinePrice = { discount: number; tax: number; total: number }

/**
 * All in minor units, and always `subtotal − discount + shipping + tax = total`: `tax` is what is added to the
 * prices, `tax_included` what they contain.
 */
export type Totals = {
  subtotal: number
  discount: number
  shipping: number
  tax: number
  tax_included: number
  total: number
}

const WHOLE = 1_000_000n // of a tax rate
const BASIS = 10_000n

/**
 * Prices an order in whole steps of its currency (ISK and UGX in hundreds, three-decimal currencies in tens), so
 * that no discount and no tax leads to an amount that Stripe would refuse. The discount is at most the subtotal,
 * rounded half up once, and shared out over the lines by largest remainder. Tax is counted for each line, after
 * its share of the discount, and rounded half up there: no sum is rounded again. The order of the lines changes no
 * sum.
 * Throws RangeError for an amount that is negative or off the currency's step: such a one never gets this far.
 */
export function price({ currency, lines, discount, shipping }: ToPrice): {
  lines: LinePrice[]
  totals: Totals
} {
  const { count, amountOf } = stepsOf(currency)
  const amounts = lines.map(({ amount }) => count(amount))
  const subtotal = sum(amounts)
  const off = discount ? discountOn(subtotal, discount, count) : 0n
  const shares = shareOut(
    off,
    amounts.map((weight, index) => ({ weight, rank: rankOf(lines[index]!.tax) })),
  )
  const taxes = lines.map(({ tax }, index) => taxOn(amounts[index]! - shares[index]!, tax))
  const carriage = shipping ? count(carriageOn(amountOf(subtotal - off), shipping)) : 0n
  const carriageTax = taxOn(carriage, shipping?.tax ?? null)

  const all = [...taxes, carriageTax]
  const tax = sum(all.map(({ added }) => added))
  return {
    lines: lines.map((_, index) => ({
      discount: amountOf(shares[index]!),
      tax: amountOf(taxes[index]!.tax),
      total: amountOf(amounts[index]! - shares[index]! + taxes[index]!.added),
    })),
    totals: {
      subtotal: amountOf(subtotal),
      discount: amountOf(off),
      shipping: amountOf(carriage),
      tax: amountOf(tax),
      tax_included: amountOf(sum(all.map(({ tax, added }) => tax - added))),
      total: amountOf(subtotal - off + carriage + tax),
    },
  }
}

/** What sending costs for goods of this worth, after their discount. */
export function carriageOn(worth: number, rate: { amount: number; free_from: number | null }): number {
  return rate.free_from !== null && worth >= rate.free_from ? 0 : rate.amount
}

/** Counts in steps of the currency: what comes out is a multiple of it again. */
function stepsOf(currency: string) {
  const step = BigInt(stepOf(currency))
  const count = (amount: number): bigint => {
    if (!Number.isSafeInteger(amount) || amount < 0 || BigInt(amount) % step !== 0n) {
      throw new RangeError(`${amount} is not an amount of ${currency}`)
    }
    return BigInt(amount) / step
  }
  const amountOf = (steps: bigint): number => Number(steps * step)
  return { count, amountOf }
}

function discountOn(subtotal: bigint, discount: Discount, count: (amount: number) => bigint): bigint {
  const off =
    'amount' in discount
      ? count(discount.amount)
      : roundHalfUp(subtotal * BigInt(discount.basis_points), BASIS)
  return off < subtotal ? off : subtotal
}

/** The tax on an amount, and how much of it comes on top. */
function taxOn(amount: bigint, tax: Tax | null): { tax: bigint; added: bigint } {
  if (!tax) return { tax: 0n, added: 0n }
  const rate = BigInt(tax.rate)
  if (tax.inclusive) return { tax: roundHalfUp(amount * rate, WHOLE + rate), added: 0n }
  const added = roundHalfUp(amount * rate, WHOLE)
  return { tax: added, added }
}

// Two lines of one amount and one tax are the same to every sum, so it does not matter which of them comes first.
const rankOf = (tax: Tax | null): bigint => (tax ? BigInt(tax.rate) * 2n + (tax.inclusive ? 1n : 0n) : -1n)

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n)
