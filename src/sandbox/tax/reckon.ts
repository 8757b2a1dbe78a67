import type Stripe from 'stripe'
import { share } from '../api/checkout_sessions_totals.ts'
import { stepsOf } from '../payments/currencies.ts'
import { type Levy, leviesAt, type Place } from './places.ts'

/** Something that is taxed: a line, or the shipping. Minor units. */
interface Taxable {
  amount: number
  inclusive: boolean
  taxCode: string
}

type Breakdown = Stripe.Tax.CalculationLineItem.TaxBreakdown

interface Taxed {
  tax: number
  breakdown: Breakdown[]
}

const WHOLE = 1_000_000

/** The tax on one thing that goes to a place, authority by authority, in whole steps of the currency. */
export function taxOn(thing: Taxable, place: Place, collecting: boolean, currency: string): Taxed {
  const step = stepsOf(currency)
  const { levies, reason } = leviesAt(place, thing.taxCode)
  if (!collecting || levies.length === 0) {
    const why = collecting || levies.length === 0 ? reason : 'not_collecting'
    return { tax: 0, breakdown: [entry(place, undefined, 0, 0, why)] }
  }
  const rates = levies.map(({ rate }) => rate)
  const all = rates.reduce((sum, rate) => sum + rate, 0)
  const amounts = thing.inclusive
    ? share(rounded(thing.amount, all, WHOLE + all, step) / step, rates).map(part => part * step)
    : rates.map(rate => rounded(thing.amount, rate, WHOLE, step))
  const tax = amounts.reduce((sum, amount) => sum + amount, 0)
  const taxable = thing.inclusive ? thing.amount - tax : thing.amount
  return { tax, breakdown: levies.map((levy, index) => entry(place, levy, amounts[index]!, taxable, reason)) }
}

/** Half up. In whole numbers of any size: an amount times a rate is more than a float holds exactly. */
function rounded(amount: number, rate: number, whole: number, step: number): number {
  const of = BigInt(whole) * BigInt(step)
  return Number((2n * BigInt(amount) * BigInt(rate) + of) / (2n * of)) * step
}

const entry = (
  { country, state }: Place,
  levy: Levy | undefined,
  amount: number,
  taxable_amount: number,
  taxability_reason: Breakdown['taxability_reason'],
): Breakdown => ({
  amount,
  jurisdiction: {
    country,
    display_name: levy?.name ?? state ?? country,
    level: levy?.level ?? (state && country === 'US' ? 'state' : 'country'),
    state: country === 'US' ? state : null,
  },
  sourcing: 'destination',
  tax_rate_details: levy
    ? { display_name: levy.title, percentage_decimal: percentageOf(levy.rate), tax_type: levy.type }
    : null,
  taxability_reason,
  taxable_amount,
})

/** "19.0", "1.625": as Stripe writes them. */
const percentageOf = (rate: number): string => {
  const text = (rate / 10_000).toString()
  return text.includes('.') ? text : `${text}.0`
}
