import { LRUCache } from 'lru-cache'
import { type Locale, locales } from './catalogues.ts'

export interface PickedLocale {
  locale: Locale
  dir: 'ltr' | 'rtl'
}

const LONGEST_HEADER = 200

const rightToLeft: readonly string[] = ['ar', 'he']

// Names that are not ours for what we speak: a language without its region, and Norwegian, which is read as written
// in Bokmål.
const aliases: Record<string, Locale> = { nn: 'nb', no: 'nb', pt: 'pt-PT' }

// Browsers send a few hundred different headers, and reading one takes longer than all else about a page's language.
const picked = new LRUCache<string, PickedLocale>({ max: 500 })

/**
 * The language of a page: what the session asks for, else the best match of the `Accept-Language` header
 * (RFC 9110, 12.5.4), else English. `among`: the languages that the page is written in.
 */
export function pickLocale(
  requested?: string,
  acceptLanguage?: string,
  among: readonly Locale[] = locales,
): PickedLocale {
  const key = `${among} ${requested ?? ''} ${(acceptLanguage ?? '').slice(0, LONGEST_HEADER)}`
  const known = picked.get(key)
  if (known) return known
  const found = pick(requested ?? '', acceptLanguage ?? '', among)
  picked.set(key, found)
  return found
}

function pick(requested: string, acceptLanguage: string, among: readonly Locale[]): PickedLocale {
  const locale =
    [requested, ...preferred(acceptLanguage)].map(tag => localeOf(tag, among)).find(found => found) ?? 'en'
  return { locale, dir: rightToLeft.includes(locale) ? 'rtl' : 'ltr' }
}

/** The nearest of our languages to a tag such as `pt-BR`, `zh-Hant-HK` or `no`; undefined when none is near. */
export function localeOf(tag: string, among: readonly Locale[] = locales): Locale | undefined {
  const wanted = parsed(tag)
  if (!wanted) return undefined
  const { language, region } = wanted
  // Chinese readers are told apart by their script, which a region implies.
  const names =
    language === 'zh'
      ? [wanted.maximize().script === 'Hant' ? 'zh-TW' : 'zh']
      : [`${language}-${region}`, aliases[language] ?? language]
  return names.flatMap(name => among.filter(locale => locale === name))[0]
}

function parsed(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag.replaceAll('_', '-'))
  } catch {
    return undefined
  }
}

function preferred(header: string): string[] {
  return header
    .slice(0, LONGEST_HEADER)
    .split(',')
    .map(range => {
      const [tag = '', ...parameters] = range.trim().split(/\s*;\s*/)
      const quality = parameters.find(parameter => parameter.startsWith('q='))
      return { tag, quality: quality ? Number(quality.slice(2)) : 1 }
    })
    .filter(range => range.quality > 0)
    .sort((left, right) => right.quality - left.quality)
    .map(range => range.tag)
}
