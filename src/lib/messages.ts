import { IntlMessageFormat } from 'intl-messageformat'
import {
  type Locale,
  type MerchantTexts,
  merchantTexts,
  type ShopperTexts,
  shopperTexts,
} from './catalogues.ts'
import { localeOf } from './languages.ts'

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
export type MessageKey = KeyOf<ShopperTexts> | KeyOf<MerchantTexts>
type MessageValues = Record<string, string | number | Date>
export type Translate = (key: MessageKey, values?: MessageValues) => string

const translators = new Map<Locale, Translate>()

/**
 * The texts of one language; one that we do not speak answers in English, and so do merchants' texts where they
 * are not translated. Values are put in as they are: the template escapes. A key that does not exist is a bug and
 * throws.
 */
export function translator(locale: string): Translate {
  const asked = translators.get(locale as Locale)
  if (asked) return asked
  const language = localeOf(locale) ?? 'en'
  const known = translators.get(language)
  if (known) return known

  const texts = flatten({ ...merchantTextsIn(language), ...shopperTexts[language] })
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

const merchantTextsIn = (language: Locale): MerchantTexts =>
  Object.hasOwn(merchantTexts, language)
    ? merchantTexts[language as keyof typeof merchantTexts]
    : merchantTexts.en

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
