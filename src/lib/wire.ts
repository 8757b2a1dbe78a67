import { z } from 'zod'
import { isCountry } from './countries.ts'
import { isCurrency, parseDecimal, stepOf } from './money.ts'

/** Building blocks of what crosses the wire; each room composes its schemas from them. */

export const Uuid = z
  .uuid()
  .toLowerCase()
  .meta({ examples: ['0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c'] })

/** ISO 8601, UTC. */
export const Time = z
  .codec(z.iso.datetime(), z.date(), { decode: text => new Date(text), encode: date => date.toISOString() })
  .meta({ description: 'ISO 8601, UTC', examples: ['2026-11-21T18:57:13.000Z'] })

export const Currency = z
  .string()
  .toLowerCase()
  .refine(isCurrency, 'is not a currency Stripe knows')
  .meta({ description: 'ISO 4217 code', examples: ['eur'] })

export const Country = z
  .string()
  .toUpperCase()
  .refine(isCountry, 'is not the code of a country that can be shipped to')
  .meta({ description: 'ISO 3166-1 alpha-2 code', examples: ['DE'] })

/** Money on its way out; its currency stands beside it. */
export const Amount = z.number().meta({ description: 'Minor units of the currency', examples: [1800] })

/** Text that a database can keep: Postgres takes neither the character NUL nor half a character. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine(kept => kept.isWellFormed() && !kept.includes('\0'), 'has characters that cannot be kept')

/** Text that people will read: no control characters (they could hide or reorder what is said), trimmed. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine(
      text => !/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(text),
      'has characters that cannot be shown',
    )

/** The partner's own id of a thing. */
export const partnersId = (noun: string, example: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][\w.:-]{0,99}$/, `is not a ${noun} id: up to 100 letters, digits, and . _ : -`)
    .meta({ description: `Your own id of the ${noun}`, examples: [example] })

/** A price in either of its two exact forms; `toMinor` reads it once the currency is known. */
export const Price = z
  .union([
    z.int().min(0).max(99_999_999),
    z.string().regex(/^\d{1,12}(\.\d{1,3})?$/, 'is not an exact decimal'),
  ])
  .meta({ description: 'Minor units as an integer, or an exact decimal string', examples: [1800, '18.00'] })

/** Minor units of a price; undefined when it is finer than the currency (it is refused, never rounded). */
export function toMinor(price: z.infer<typeof Price>, currency: string): number | undefined {
  if (typeof price === 'string') return parseDecimal(price, currency)
  return price % stepOf(currency) === 0 ? price : undefined
}

/** The address of something on the web, as browsers write it. */
export const WebUrl = z
  .url({ protocol: /^https?$/, abort: true })
  .max(2_000)
  .refine(url => !new URL(url).username && !new URL(url).password, 'must not carry a user name')
  .overwrite(url => new URL(url).href)
