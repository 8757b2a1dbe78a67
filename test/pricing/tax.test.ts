import { describe, expect, test } from 'vitest'
import { parsePercentage, toPercentage } from '../../src/pricing/percentage.ts'
import { shippingTaxFor, type TaxRate, taxFor } from '../../src/pricing/tax.ts'

const rate = (id: string, more: Partial<TaxRate> = {}): TaxRate => ({
  id,
  name: id,
  rate: 100_000,
  inclusive: false,
  country: null,
  region: null,
  tax_class: null,
  shipping: false,
  ...more,
})

const rates = [
  rate('default'),
  rate('de', { country: 'DE', shipping: true }),
  rate('de-books', { country: 'DE', tax_class: 'books' }),
  rate('us-ca', { country: 'US', region: 'CA' }),
  rate('books', { tax_class: 'books' }),
]

describe('the nearest rate holds', () => {
  test.each([
    [null, null, null, 'default'],
    ['FR', null, null, 'default'],
    ['DE', null, null, 'de'],
    ['DE', 'BY', 'books', 'de-books'],
    ['DE', null, 'food', 'de'],
    ['US', 'CA', null, 'us-ca'],
    ['US', 'CA', 'books', 'us-ca'],
    ['US', 'NY', 'books', 'books'],
    ['US', null, null, 'default'],
  ])('%s %s, class %s: %s', (country, region, taxClass, expected) => {
    for (const list of [rates, rates.toReversed()]) {
      expect(taxFor(list, { country, region }, taxClass)?.id).toBe(expected)
    }
  })

  test('nothing is taxed where the store has no rate', () => {
    expect(taxFor([rate('de', { country: 'DE' })], { country: 'FR', region: null }, null)).toBeNull()
  })

  test('shipping only where the rate says so', () => {
    expect(shippingTaxFor(rates, { country: 'DE', region: null })?.id).toBe('de')
    expect(shippingTaxFor(rates, { country: 'US', region: 'CA' })).toBeNull()
  })
})

describe('percentages', () => {
  test.each([
    ['19', 4, 190_000],
    ['8.875', 4, 88_750],
    ['0', 4, 0],
    ['100', 2, 10_000],
    ['12.5', 2, 1_250],
  ])('%s with %i decimals is %i', (text, decimals, value) => {
    expect(parsePercentage(text, decimals)).toBe(value)
    expect(toPercentage(value, decimals)).toBe(text)
  })

  test.each(['100.01', '-1', '1e1', '', '.5', '5.', '12.345', 'NaN', '19 %'])('“%s” is refused', text => {
    expect(parsePercentage(text, 2)).toBeUndefined()
  })
})
