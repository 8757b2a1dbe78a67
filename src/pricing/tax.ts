import type { Tax } from './price.ts'

/** A tax rate of a store: for a country, a region of it, or (without either) wherever no other one is for. */
export type TaxRate = Tax & {
  id: string
  name: string
  country: string | null
  region: string | null
  tax_class: string | null
  shipping: boolean
}

/** Where the goods go; nowhere yet, as long as the shopper has not said. */
export type Place = { country: string | null; region: string | null }

/**
 * The one rate that holds for a tax class at a place: the nearest place first (region, country, default), and there
 * the rate of the class before the one for everything. Null where the store has none.
 */
export function taxFor(rates: readonly TaxRate[], place: Place, taxClass: string | null): TaxRate | null {
  const fitting = rates
    .filter(({ tax_class }) => tax_class === null || tax_class === taxClass)
    .map(rate => ({ rate, near: nearness(rate, place) * 2 + (rate.tax_class === null ? 0 : 1) }))
    .filter(({ near }) => near >= 0)
    .sort((a, b) => b.near - a.near)
  return fitting[0]?.rate ?? null
}

/** The rate on shipping at a place: the one for everything, if it is on shipping too. */
export function shippingTaxFor(rates: readonly TaxRate[], place: Place): TaxRate | null {
  const rate = taxFor(rates, place, null)
  return rate?.shipping ? rate : null
}

function nearness(rate: TaxRate, place: Place): number {
  if (rate.country === null) return 0
  if (rate.country !== place.country) return -1
  if (rate.region === null) return 1
  return rate.region === place.region ? 2 : -1
}
