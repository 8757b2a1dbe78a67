import { readdirSync, readFileSync } from 'node:fs'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, test } from 'vitest'
import { flatten, locales, pickLocale, translator } from '../../src/lib/messages.ts'

const folder = new URL('../../src/lib/locales/', import.meta.url)
const textsOf = (file: string) => flatten(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
const english = textsOf('en.json')

function argumentsOf(text: string): string[] {
  const names = new Set<string>()
  JSON.stringify(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst(), (_key, node) => {
    // 0 is literal text and 7 the number sign of a plural: neither names an argument.
    if (node && typeof node === 'object' && 'type' in node && node.type !== 0 && node.type !== 7) {
      if (typeof node.value === 'string') names.add(node.value)
    }
    return node
  })
  return [...names].sort()
}

describe('texts', () => {
  test('each language file is spoken', () => {
    expect(readdirSync(folder).sort()).toEqual(locales.map(locale => `${locale}.json`).sort())
  })

  test.each(locales)('%s has each text of English, and uses the same arguments', locale => {
    const texts = textsOf(`${locale}.json`)
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, text] of texts) {
      expect(text.trim(), key).not.toBe('')
      expect(argumentsOf(text), key).toEqual(argumentsOf(english.get(key)!))
    }
  })

  test('plurals, moments and names come out as written', () => {
    const t = translator('en')
    expect(t('pay.summary', { count: 1 })).toBe('Show 1 item')
    expect(t('pay.summary', { count: 12 })).toBe('Show 12 items')
    expect(t('pay.title', { store: "<b>O'Neill {x}</b>" })).toBe("Pay <b>O'Neill {x}</b>")
    expect(t('receipt.at', { at: new Date('2026-11-21T18:05:00Z') })).toBe(
      'November 21, 2026 at 06:05 PM UTC',
    )
    expect(translator('de-AT')('pay.button', { amount: '12,00 €' })).toBe('12,00 € bezahlen')
  })

  test('a text that does not exist is a bug, not an empty page', () => {
    expect(() => translator('en')('pay.nothing' as 'pay.title')).toThrow('no text for pay.nothing')
  })
})

describe('the language of a page', () => {
  test.each([
    [undefined, undefined, 'en'],
    ['de', 'en', 'de'],
    ['de-CH', undefined, 'de'],
    ['fr', 'de;q=0.8, en;q=0.9', 'en'],
    [undefined, 'fr-CH, fr;q=0.9, de;q=0.7, en;q=0.2', 'de'],
    [undefined, 'de;q=0, en', 'en'],
    ['__proto__', 'constructor, *;q=0.5', 'en'],
    ['', ';;;q=,,=', 'en'],
  ])('asked for %j, accepting %j: %s', (requested, accepted, locale) => {
    expect(pickLocale(requested, accepted)).toEqual({ locale, dir: 'ltr' })
  })
})
