import type { ShippingRate, StoredDiscount, StoredTaxRate } from '../catalog/table.ts'
import { formatMoney, toDecimal } from '../lib/money.ts'
import { toPercentage } from '../pricing/percentage.ts'
import type { TermRow } from './terms.ts'

type Values = Record<string, string>

const on = (value: boolean) => (value ? 'on' : '')
const shown = (amount: number, currency: string) => formatMoney({ amount, currency }, 'en')
const decimal = (amount: number | null, currency: string) =>
  amount === null ? '' : toDecimal({ amount, currency })

/** The first few, and how many more: a rate may go to every country there is. */
function some(countries: string[]): string {
  if (countries.length === 0) return 'All countries'
  const rest = countries.length - 6
  return rest > 0 ? `${countries.slice(0, 6).join(', ')} and ${rest} more` : countries.join(', ')
}

export const showShipping = ({
  id,
  name,
  amount,
  free_from,
  currency,
  countries,
  active,
}: ShippingRate): TermRow => ({
  id,
  name,
  active,
  more: [some(countries), ...(free_from === null ? [] : [`free from ${shown(free_from, currency)}`])].join(
    ' · ',
  ),
  value: shown(amount, currency),
})

export const valuesOfShipping = (rate: ShippingRate): Values => ({
  name: rate.name,
  amount: decimal(rate.amount, rate.currency),
  free_from: decimal(rate.free_from, rate.currency),
  countries: rate.countries.join(', '),
  active: on(rate.active),
})

export const showTax = ({
  id,
  name,
  rate,
  country,
  region,
  tax_class,
  inclusive,
  active,
}: StoredTaxRate): TermRow => ({
  id,
  name,
  active,
  more: [
    country ? [country, region].filter(Boolean).join('-') : 'All other countries',
    ...(tax_class ? [`class ${tax_class}`] : []),
    inclusive ? 'in the price' : 'added to the price',
  ].join(' · '),
  value: `${toPercentage(rate, 4)} %`,
})

export const valuesOfTax = (rate: StoredTaxRate): Values => ({
  name: rate.name,
  percentage: toPercentage(rate.rate, 4),
  inclusive: rate.inclusive ? 'yes' : 'no',
  country: rate.country ?? '',
  region: rate.region ?? '',
  tax_class: rate.tax_class ?? '',
  shipping: on(rate.shipping),
  active: on(rate.active),
})

export const showDiscount = (discount: StoredDiscount): TermRow => {
  const { id, basis_points, amount, currency, max_redemptions, redeemed, ends_at, active } = discount
  const used =
    max_redemptions === null ? `used ${redeemed} times` : `used ${redeemed} of ${max_redemptions} times`
  return {
    id,
    name: id,
    active,
    more: [used, ...(ends_at ? [`until ${ends_at.toISOString().slice(0, 10)}`] : [])].join(' · '),
    value: basis_points === null ? shown(amount ?? 0, currency) : `${toPercentage(basis_points, 2)} %`,
  }
}

export const valuesOfDiscount = (discount: StoredDiscount): Values => ({
  percentage: discount.basis_points === null ? '' : toPercentage(discount.basis_points, 2),
  amount: decimal(discount.amount, discount.currency),
  minimum: decimal(discount.minimum, discount.currency),
  max_redemptions: discount.max_redemptions?.toString() ?? '',
  once_per_customer: on(discount.once_per_customer),
  starts_at: moment(discount.starts_at),
  ends_at: moment(discount.ends_at),
  active: on(discount.active),
})

// As the browser's own field takes it, without seconds where there are none.
const moment = (at: Date | null): string =>
  at === null
    ? ''
    : at
        .toISOString()
        .slice(0, -1)
        .replace(/\.000$/, '')
        .replace(/:00$/, '')
