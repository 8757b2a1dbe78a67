import { IntlMessageFormat } from 'intl-messageformat'
import de from './locales/de.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }

/** Every language has every text of English: the compiler says so, and a test says so for the arguments. */
const catalogues: Record<string, typeof en> = { en, de }

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

// The server does not know where the shopper is, so a moment names its zone.
const formats = {
  date: {
    moment: {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'UTC',
      timeZoneName: 'short',
    },
  },
} as const

type KeyOf<Texts, Prefix extends string = ''> = {
  [Name in keyof Texts & string]: Texts[Name] extends string
    ? `${Prefix}${Name}`
    : KeyOf<Texts[Name], `${Prefix}${Name}.`>
}[keyof Texts & string]

/** The path of a text in its catalogue, such as `pay.button`. */
export type MessageKey = KeyOf<typeof en>
export type MessageValues = Record<string, string | number | Date>
export type Translate = (key: MessageKey, values?: MessageValues) => string

export interface PickedLocale {
  locale: string
  dir: 'ltr' | 'rtl'
}

export const locales = Object.keys(catalogues)

const translators = new Map<string, Translate>()

/**
 * The texts of one language; one that we do not speak answers in English. Values are put in as they are:
 * the template escapes. A key that does not exist is a bug and throws.
 */
export function translator(locale: string): Translate {
  const language = languageOf(locale) ?? 'en'
  const known = translators.get(language)
  if (known) return known

  const texts = flatten(catalogues[language]!)
  const compiled = new Map<string, string | IntlMessageFormat>()
  const translate: Translate = (key, values) => {
    let message = compiled.get(key)
    if (message === undefined) {
      const text = texts.get(key)
      if (text === undefined) throw new Error(`no text for ${key}`)
      message = compile(text, language)
      compiled.set(key, message)
    }
    return typeof message === 'string' ? message : String(message.format(values))
  }
  translators.set(language, translate)
  return translate
}

/**
 * The language of a page: what the session asks for, else the best match of the `Accept-Language` header
 * (RFC 9110, 12.5.4), else English.
 */
export function pickLocale(requested?: string, acceptLanguage?: string): PickedLocale {
  const locale =
    languageOf(requested) ??
    preferred(acceptLanguage ?? '')
      .map(languageOf)
      .find(language => language) ??
    'en'
  return { locale, dir: rightToLeft.has(locale) ? 'rtl' : 'ltr' }
}

/** One part of the texts in every language, as written, for a script that puts the values in by itself. */
export function textsOfAll<Part extends keyof typeof en>(part: Part): Record<string, (typeof en)[Part]> {
  return Object.fromEntries(Object.entries(catalogues).map(([language, texts]) => [language, texts[part]]))
}

/** All texts of a catalogue by their keys. */
export function flatten(texts: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([name, value]) =>
      typeof value === 'string'
        ? [[`${prefix}${name}`, value] as const]
        : [...flatten(value, `${prefix}${name}.`)],
    ),
  )
}

/** Most texts take no values: they stay what they are, and cost a page nothing. */
function compile(text: string, language: string): string | IntlMessageFormat {
  const message = new IntlMessageFormat(text, language, formats, { ignoreTag: true })
  return message.getAst().every(part => part.type === 0) ? String(message.format()) : message
}

function languageOf(tag: string | undefined): string | undefined {
  const language = tag?.split(/[-_]/)[0]?.toLowerCase()
  return language && Object.hasOwn(catalogues, language) ? language : undefined
}

function preferred(header: string): string[] {
  return header
    .slice(0, 200)
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
