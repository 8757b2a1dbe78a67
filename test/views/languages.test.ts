import { expect, test } from 'vitest'
import { merchantLocales } from '../../src/lib/catalogues.ts'
import { localeOf, pickLocale } from '../../src/lib/languages.ts'

test.each([
  [undefined, undefined, 'en'],
  ['de', 'en', 'de'],
  ['de-CH', undefined, 'de'],
  ['is', 'de;q=0.8, en;q=0.9', 'en'],
  [undefined, 'is-IS, is;q=0.9, de;q=0.7, en;q=0.2', 'de'],
  [undefined, 'fr-CH, fr;q=0.9, de;q=0.7, en;q=0.2', 'fr'],
  [undefined, 'de;q=0, en', 'en'],
  ['__proto__', 'constructor, *;q=0.5', 'en'],
  ['', ';;;q=,,=', 'en'],
  ['en\u0000', 'x'.repeat(5_000), 'en'],
])('asked for %j, accepting %j: %s', (requested, accepted, locale) => {
  expect(pickLocale(requested, accepted)).toEqual({ locale, dir: 'ltr' })
})

test.each([
  ['pt-BR', 'pt-BR'],
  ['pt_br', 'pt-BR'],
  ['pt', 'pt-PT'],
  ['pt-AO', 'pt-PT'],
  ['no', 'nb'],
  ['nn-NO', 'nb'],
  ['zh', 'zh'],
  ['zh-SG', 'zh'],
  ['zh-TW', 'zh-TW'],
  ['zh-HK', 'zh-TW'],
  ['zh-Hant', 'zh-TW'],
  ['zh-Hans-TW', 'zh'],
  ['es-419', 'es'],
  ['iw', 'he'],
  ['FR-ca', 'fr'],
  ['tlh', undefined],
  ['f', undefined],
  ['fr-', undefined],
])('%s is read as %s', (tag, locale) => {
  expect(localeOf(tag)).toBe(locale)
})

test('Arabic and Hebrew are written from right to left', () => {
  expect(['ar-EG', 'he', 'fa', 'ja'].map(tag => pickLocale(tag).dir)).toEqual(['rtl', 'rtl', 'ltr', 'ltr'])
})

test('a page for merchants is in a language that it is written in', () => {
  expect(pickLocale(undefined, 'ar, de;q=0.5', merchantLocales)).toEqual({ locale: 'de', dir: 'ltr' })
  expect(pickLocale(undefined, 'ja', merchantLocales)).toEqual({ locale: 'en', dir: 'ltr' })
})
