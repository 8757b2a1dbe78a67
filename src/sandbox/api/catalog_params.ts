import type Stripe from 'stripe'
import { anything, form, int, must, one, type Rule, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'

/** A share of a hundred with up to four decimals. */
export const percent: Rule<number> = {
  read(value, name) {
    const number =
      typeof value === 'string' && /^\d{1,3}(\.\d{1,4})?$/.test(value) ? Number(value) : Number.NaN
    if (Number.isNaN(number)) throw invalid(`Invalid decimal: ${String(value)}`, { param: name })
    if (number > 100) throw invalid('This value must be less than or equal to 100.', { param: name })
    return number
  },
}

/** How often something is paid. */
export const interval = one('day', 'month', 'week', 'year')

/** The parameters that say what something costs, wherever they stand. */
export const priceData = {
  currency: must(text(3)),
  recurring: form<Stripe.ProductCreateParams.DefaultPriceData.Recurring>({
    interval: must(interval),
    interval_count: int(1),
  }),
  tax_behavior: one('exclusive', 'inclusive', 'unspecified'),
  unit_amount: int(0),
  unit_amount_decimal: anything,
}
