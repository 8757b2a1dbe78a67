import { readdirSync } from 'node:fs'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, test } from 'vitest'
import { type Locale, locales, merchantTexts, shopperTexts } from '../../src/lib/catalogues.ts'
import { flatten, translator } from '../../src/lib/messages.ts'
import { formatMoney } from '../../src/lib/money.ts'

const folder = (path: string) =>
  readdirSync(new URL(`../../src/lib/locales/${path}`, import.meta.url))
    .filter(name => name.endsWith('.json'))
    .map(name => name.replace('.json', ''))
    .sort()

type Node = { type: number; value?: string; options?: Record<string, unknown> }

/** Every part of a text, however deep. 0 is literal text, 6 a plural and 7 its number sign. */
function partsOf(text: string): Node[] {
  const parts: Node[] = []
  JSON.stringify(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst(), (_key, node) => {
    if (node && typeof node === 'object' && 'type' in node) parts.push(node)
    return node
  })
  return parts
}

const argumentsOf = (text: string) =>
  [...new Set(partsOf(text).flatMap(({ type, value }) => (type === 0 || type === 7 ? [] : [value])))].sort()

const written = (text: string) =>
  partsOf(text)
    .flatMap(({ type, value }) => (type === 0 ? [value] : []))
    .join(' ')

function expectSame(texts: Map<string, string>, english: Map<string, string>, locale: string) {
  expect([...texts.keys()]).toEqual([...english.keys()])
  const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
  for (const [key, text] of texts) {
    expect(text.trim(), key).not.toBe('')
    // A straight apostrophe before a brace would switch the brace off.
    expect(text, key).not.toContain("'")
    expect(argumentsOf(text), key).toEqual(argumentsOf(english.get(key)!))
    for (const { type, options } of partsOf(text)) {
      if (type === 6) expect(Object.keys(options!).sort(), key).toEqual([...categories].sort())
    }
  }
}

const english = flatten(shopperTexts.en)
const translated = locales.filter(locale => locale !== 'en')

describe('texts', () => {
  test('each language file is spoken, and there are more than twenty', () => {
    expect(folder('')).toEqual([...locales].sort())
    expect(folder('merchant')).toEqual(Object.keys(merchantTexts).sort())
    expect(locales.length).toBeGreaterThan(20)
  })

  test.each(locales)('%s has each text for shoppers, with the same arguments and all its plurals', locale => {
    expectSame(flatten(shopperTexts[locale]), english, locale)
  })

  test.each(Object.entries(merchantTexts))('%s has each text for merchants', (locale, texts) => {
    expectSame(flatten(texts), flatten(merchantTexts.en), locale)
  })
})

// What is called the same in many languages.
const names = /\b(Owntill|Stripe|JavaScript|3-D( Secure)?|js\.stripe\.com|\w+@example\.com)\b/gi

describe('no English is left over', () => {
  const alike = ['da', 'es', 'fr', 'pt-BR', 'pt-PT', 'ro']

  test.each(translated)('in %s', locale => {
    for (const [key, text] of flatten(shopperTexts[locale])) {
      const words = written(text).replace(names, '')
      expect(words, key).not.toMatch(/\b(the|your|you|please|again|been|charged|wrong|which|try|has)\b/i)
      const own = alike.includes(locale) ? words.replace(/\b(sub)?total\b/gi, '') : words
      if (!/\p{L}/u.test(own)) continue
      expect(text, key).not.toBe(english.get(key))
    }
  })

  const scripts: [Locale, RegExp][] = [
    ['ar', /\p{Script=Arabic}/u],
    ['bg', /\p{Script=Cyrillic}/u],
    ['el', /\p{Script=Greek}/u],
    ['he', /\p{Script=Hebrew}/u],
    ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u],
    ['ko', /\p{Script=Hangul}/u],
    ['ru', /\p{Script=Cyrillic}/u],
    ['zh', /\p{Script=Han}/u],
    ['zh-TW', /\p{Script=Han}/u],
  ]
  test.each(scripts)('%s is written in its own letters', (locale, script) => {
    for (const [key, text] of flatten(shopperTexts[locale])) {
      const words = written(text).replace(names, '')
      if (!/\p{L}/u.test(words)) continue
      expect(words, key).toMatch(script)
      expect(words.replace(/\b(e-?mail)\b/g, ''), key).not.toMatch(/\p{Script=Latin}/u)
    }
  })

  test('Chinese is written in one set of characters at a time', () => {
    const all = (locale: Locale) => [...flatten(shopperTexts[locale]).values()].join()
    expect(all('zh')).not.toMatch(/[請購頁額這為們應說關開閉載處絡單銀錯誤]/)
    expect(all('zh-TW')).not.toMatch(/[请购页额这为们应说关开闭载处络单银错误]/)
  })
})

describe('values', () => {
  test('plurals and names come out as written', () => {
    const t = translator('en')
    expect(t('pay.summary', { count: 1 })).toBe('Show 1 item')
    expect(t('pay.summary', { count: 12 })).toBe('Show 12 items')
    expect(t('pay.title', { store: "<b>O'Neill {x}</b>" })).toBe("Pay <b>O'Neill {x}</b>")
    expect(translator('de-AT')('pay.button', { amount: '12,00 €' })).toBe('12,00 € bezahlen')
    const polish = [1, 2, 5, 22].map(count => translator('pl')('pay.summary', { count }))
    expect(polish).toEqual(['Pokaż 1 produkt', 'Pokaż 2 produkty', 'Pokaż 5 produktów', 'Pokaż 22 produkty'])
    const arabic = [1, 2, 3, 11, 100].map(count => translator('ar')('pay.summary', { count }))
    expect(new Set(arabic).size).toBe(5)
  })

  test.each([
    ['en', '€1,234.50', 'November 21, 2026 at 06:05 PM UTC'],
    ['fr', '1 234,50 €', '21 novembre 2026 à 18:05 UTC'],
    ['pl', '1234,50 €', '21 listopada 2026 18:05 UTC'],
    ['pt-PT', '1234,50 €', '21 de novembro de 2026 às 18:05 UTC'],
    ['pt-BR', '€ 1.234,50', '21 de novembro de 2026 às 18:05 UTC'],
    ['ja', '€1,234.50', '2026年11月21日 18:05 UTC'],
    ['ar', '1,234.50 €', '21 نوفمبر 2026 في 06:05 م UTC'],
  ])('%s has its own money and moments', (locale, money, moment) => {
    // Without marks of direction, and with plain spaces.
    const plain = (text: string) => text.replace(/[\u200E\u200F\u061C]/g, '').replace(/\s/g, ' ')
    expect(plain(formatMoney({ amount: 123_450, currency: 'eur' }, locale))).toBe(money)
    const at = new Date('2026-11-21T18:05:00Z')
    expect(plain(translator(locale)('receipt.at', { at }))).toBe(moment)
  })

  test.each(locales)('%s says when in its own words', locale => {
    const at = new Date('2026-11-21T18:05:00Z')
    const month = new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric' }).formatToParts(at)
    expect(translator(locale)('receipt.at', { at })).toContain(
      month.find(({ type }) => type === 'month')!.value,
    )
  })

  test('a language without texts for merchants has them in English', () => {
    expect(translator('fr')('connect.submit')).toBe('Connect to Stripe')
    expect(translator('de')('connect.submit')).toBe('Mit Stripe verbinden')
  })

  test('a text that does not exist is a bug, not an empty page', () => {
    expect(() => translator('en')('pay.nothing' as 'pay.title')).toThrow('no text for pay.nothing')
  })
})
