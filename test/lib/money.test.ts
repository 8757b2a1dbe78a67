import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CURRENCIES,
  decimalsOf,
  formatMoney,
  minimumCharge,
  parseDecimal,
  stepOf,
  toDecimal,
} from '../../src/lib/money.ts'

describe("Stripe's currencies", () => {
  test.each([
    ['bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf', 0],
    ['bhd jod kwd omr tnd', 3],
    ['usd eur gbp huf twd isk ugx', 2],
  ])('%s have %i decimals', (codes, decimals) => {
    for (const code of codes.split(' ')) expect([code, decimalsOf(code)]).toEqual([code, decimals])
  })

  test.each([
    ['usd', 50],
    ['gbp', 30],
    ['aed', 200],
    ['bgn', 100],
    ['dkk', 250],
    ['sek', 300],
    ['hkd', 400],
    ['mxn', 1000],
    ['thb', 1000],
    ['czk', 1500],
    ['huf', 17_500],
    ['jpy', 50],
    ['all', 1],
  ])('%s is charged from %i minor units', (currency, amount) => expect(minimumCharge(currency)).toBe(amount))
})

test('a decimal that was read is written the same way, in every currency', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CURRENCIES),
      fc.integer({ min: 0, max: 99_999_999 }),
      (currency, units) => {
        const amount = units - (units % stepOf(currency))
        expect(parseDecimal(toDecimal({ amount, currency }), currency)).toBe(amount)
      },
    ),
  )
})

test.each([
  ['19.99', 'eur', 1999],
  ['0.1', 'eur', 10],
  ['500', 'jpy', 500],
  ['5.0', 'jpy', undefined],
  ['1.005', 'eur', undefined],
  ['1.23', 'kwd', 1230],
  ['1.234', 'kwd', undefined],
  ['100', 'isk', 10_000],
  ['100.50', 'isk', undefined],
  ['-1', 'eur', undefined],
  ['+1', 'eur', undefined],
  ['.5', 'eur', undefined],
  ['1.', 'eur', undefined],
  ['1e2', 'eur', undefined],
  ['٣', 'eur', undefined],
  ['', 'eur', undefined],
  ['9999999999999', 'eur', undefined],
])('%j of %s is %j minor units', (text, currency, amount) =>
  expect(parseDecimal(text, currency)).toBe(amount),
)

test.each([
  [{ amount: 129_900, currency: 'eur' }, 'en', '€1,299.00'],
  [{ amount: 129_900, currency: 'eur' }, 'de', '1.299,00 €'],
  [{ amount: 500, currency: 'jpy' }, 'en', '¥500'],
  [{ amount: 10_000, currency: 'isk' }, 'en', 'ISK 100'],
  [{ amount: 1230, currency: 'kwd' }, 'en', 'KWD 1.230'],
  [{ amount: 9_007_199_254_740_991, currency: 'eur' }, 'en', '€90,071,992,547,409.91'],
])('%o in %s reads %s', (money, locale, text) => {
  expect(formatMoney(money, locale).replaceAll('\u00a0', ' ')).toBe(text)
})
