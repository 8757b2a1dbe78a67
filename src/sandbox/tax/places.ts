import type Stripe from 'stripe'
import { invalid } from '../engine/refusal.ts'

/** One authority that taxes what goes to a place: `rate` in millionths. */
export interface Levy {
  name: string
  level: 'country' | 'state' | 'county' | 'district'
  rate: number
  type: 'vat' | 'gst' | 'sales_tax' | 'jct'
  title: string
}

/** Where something goes, as far as tax depends on it. */
export interface Place {
  country: string
  state: string | null
}

const vat = (name: string, rate: number, title = 'VAT'): Levy[] => [
  { name, level: 'country', rate, type: 'vat', title },
]
const state = (name: string, rate: number): Levy => ({
  name,
  level: 'state',
  rate,
  type: 'sales_tax',
  title: 'Sales Tax',
})

// Plausible, and no more than that: the true ones change, and are Stripe's to know.
const COUNTRIES: Record<string, Levy[]> = {
  AT: vat('Austria', 200_000),
  AU: [{ name: 'Australia', level: 'country', rate: 100_000, type: 'gst', title: 'GST' }],
  BE: vat('Belgium', 210_000),
  CH: vat('Switzerland', 81_000),
  DE: vat('Germany', 190_000),
  ES: vat('Spain', 210_000),
  FR: vat('France', 200_000),
  GB: vat('United Kingdom', 200_000),
  HU: vat('Hungary', 270_000),
  IT: vat('Italy', 220_000),
  JP: [{ name: 'Japan', level: 'country', rate: 100_000, type: 'jct', title: 'JCT' }],
  NL: vat('Netherlands', 210_000),
  OM: vat('Oman', 50_000),
  PL: vat('Poland', 230_000),
  SE: vat('Sweden', 250_000),
}
const STATES: Record<string, Levy[]> = {
  CA: [
    state('California', 60_000),
    { ...state('San Francisco', 10_000), level: 'county' },
    { ...state('San Francisco District', 16_250), level: 'district' },
  ],
  FL: [state('Florida', 60_000)],
  IL: [state('Illinois', 62_500)],
  NY: [state('New York', 40_000), { ...state('New York City', 48_750), level: 'county' }],
  OR: [],
  TX: [state('Texas', 62_500)],
  WA: [state('Washington', 65_000), { ...state('Seattle', 38_500), level: 'county' }],
}
// Which state a postal code lies in, by its first three digits.
const ZIPS: [from: number, to: number, state: string][] = [
  [100, 149, 'NY'],
  [320, 349, 'FL'],
  [600, 629, 'IL'],
  [750, 799, 'TX'],
  [900, 961, 'CA'],
  [970, 979, 'OR'],
  [980, 994, 'WA'],
]

export const EU = new Set(['AT', 'BE', 'DE', 'ES', 'FR', 'HU', 'IT', 'NL', 'PL', 'SE'])

/** What goods at a reduced rate pay, by their tax code: books, in millionths. */
const BOOKS = 'txcd_35010000'
const ON_BOOKS: Record<string, number> = { DE: 70_000, FR: 55_000, GB: 0 }
/** https://docs.stripe.com/tax/tax-codes: "Nontaxable" */
const NONTAXABLE = 'txcd_00000000'

/**
 * Reads an address as Stripe Tax does: a country, in the United States a postal code, in Canada one or a province.
 * https://docs.stripe.com/tax/customer-locations
 */
export function placeOf(address: Stripe.Tax.CalculationCreateParams.CustomerDetails.Address): Place {
  const country = address.country.toUpperCase()
  const given = address.state?.toUpperCase() || null
  const code = address.postal_code ?? ''
  if (!/^[A-Z]{2}$/.test(country)) throw unknownPlace()
  if (country === 'CA' && !code && !given) throw unknownPlace()
  if (country !== 'US') return { country, state: given }
  if (!/^\d{5}(-?\d{4})?$/.test(code) || code.startsWith('000')) throw unknownPlace()
  const zip = Number(code.slice(0, 3))
  return { country, state: given ?? ZIPS.find(([from, to]) => zip >= from && zip <= to)?.[2] ?? null }
}

const unknownPlace = () =>
  invalid("We could not determine the customer's tax location based on the provided customer address.", {
    code: 'customer_tax_location_invalid',
    param: 'customer_details[address]',
  })

/** Who taxes goods of a tax code there, and why it is as much as it is. */
export function leviesAt(
  { country, state }: Place,
  taxCode: string,
): { levies: Levy[]; reason: 'standard_rated' | 'reduced_rated' | 'product_exempt' | 'not_subject_to_tax' } {
  const levies = country === 'US' ? (STATES[state ?? ''] ?? []) : (COUNTRIES[country] ?? [])
  if (levies.length === 0) return { levies, reason: 'not_subject_to_tax' }
  if (taxCode === NONTAXABLE) return { levies: [], reason: 'product_exempt' }
  const reduced = taxCode === BOOKS ? ON_BOOKS[country] : undefined
  if (reduced === undefined) return { levies, reason: 'standard_rated' }
  return { levies: levies.map(levy => ({ ...levy, rate: reduced })), reason: 'reduced_rated' }
}
