import type { Kysely } from 'kysely'
import type { Actor } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { isViolation } from '../db/violation.ts'
import { COUNTRIES } from '../lib/countries.ts'
import { problem } from '../lib/problem.ts'
import { parsePercentage } from '../pricing/percentage.ts'
import type { TaxRate } from '../pricing/tax.ts'
import type { Store } from '../stores/table.ts'
import type { StoreTerms } from './carts.ts'
import { readAmount } from './catalog.ts'
import type { ShippingRate, StoredTaxRate } from './table.ts'
import { termsOf } from './terms.ts'
import type { ShippingRateInput, TaxRateInput } from './terms-schemas.ts'

export const TaxRateOverlaps = problem(
  'tax-rate-overlaps',
  409,
  'Another tax rate is already for that place and class',
)

export const shippingRates = termsOf('shipping_rates', 'shipping_rate')
export const taxRates = termsOf('tax_rates', 'tax_rate')

/** Creates or replaces a shipping rate. Throws BadInput for amounts finer than the store's currency. */
export function saveShippingRate(
  db: Database,
  store: Store,
  id: string,
  { amount, free_from, countries, ...rest }: ShippingRateInput,
  actor: Actor,
): Promise<ShippingRate> {
  const row = {
    ...rest,
    amount: readAmount(amount, store.currency, '/amount'),
    free_from: free_from == null ? null : readAmount(free_from, store.currency, '/free_from'),
    currency: store.currency,
    countries: [...new Set(countries)].sort(),
  }
  return shippingRates.save(db, store, id, row, actor)
}

/** Creates or replaces a tax rate. Throws TaxRateOverlaps: one rate holds for one class at one place. */
export async function saveTaxRate(
  db: Database,
  store: Store,
  id: string,
  { percentage, country, region, tax_class, ...rest }: TaxRateInput,
  actor: Actor,
): Promise<StoredTaxRate> {
  const row = {
    ...rest,
    rate: parsePercentage(percentage, 4)!,
    country: country ?? null,
    region: region ?? null,
    tax_class: tax_class ?? null,
  }
  try {
    return await taxRates.save(db, store, id, row, actor)
  } catch (error) {
    if (isViolation(error, 'tax_rates_place')) throw new TaxRateOverlaps()
    throw error
  }
}

/**
 * The tax rates that can hold for an order that goes to a country: its own and the default ones; none where the store's
 * own did not hold when it was opened.
 */
export async function taxRatesFor(
  db: Kysely<Tables>,
  { store_id, own_rates }: { store_id: string; own_rates: boolean | null },
  country: string,
): Promise<TaxRate[]> {
  if (own_rates === false) return []
  return (
    db
      .selectFrom('tax_rates')
      .select(['id', 'name', 'rate', 'inclusive', 'country', 'region', 'tax_class', 'shipping'])
      .where('store_id', '=', store_id)
      .where('active', '=', true)
      .where(eb => eb.or([eb('country', 'is', null), eb('country', '=', country)]))
      // Of the release before, which keeps nothing: the store says it.
      .$if(own_rates === null, query =>
        query.where(({ exists, selectFrom }) =>
          exists(selectFrom('stores').where('id', '=', store_id).where('taxes', '<>', 'none').select('id')),
        ),
      )
      .execute()
  )
}

/** A store's shipping rates, cheapest first. */
export function shippingRatesOf(
  db: Kysely<Tables>,
  storeId: string,
  currency: string,
): Promise<ShippingRate[]> {
  return db
    .selectFrom('shipping_rates')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('active', '=', true)
    .where('currency', '=', currency)
    .orderBy('amount')
    .orderBy('id')
    .execute()
}

/** Those of them that go to a country. */
export const ratesTo = (rates: ShippingRate[], country: string): ShippingRate[] =>
  rates.filter(({ countries }) => countries.length === 0 || countries.includes(country))

/** The countries that a store ships to; null when it ships nothing. */
export function countriesOf({ ships_to }: StoreTerms): string[] | null {
  if (!ships_to) return null
  if (ships_to.some(countries => countries.length === 0)) return [...COUNTRIES]
  return [...new Set(ships_to.flat())].sort()
}
