import type Stripe from 'stripe'
import { invalid } from './refusal.ts'

/** Reads one parameter from what the form parser made of it (text, list or object). */
export interface Rule<T> {
  read(value: unknown, name: string): T
  must?: boolean
}
interface Must<T> extends Rule<T> {
  must: true
}

/**
 * Every parameter of an operation, typed against stripe-node's own `…Params`: tsc refuses a name that Stripe
 * does not know, one that is left out here, another type, and an optional one declared as required.
 */
export type Table<P> = {
  [K in keyof P]-?: Record<never, never> extends Pick<P, K> ? Rule<NonNullable<P[K]> | ''> : Must<P[K]>
}

/** Checks and converts a whole form. Unknown, missing and malformed parameters are refused as Stripe refuses them. */
export function readParams<P>(table: Table<P>, form: Record<string, unknown>, under = ''): P {
  const rules = table as Record<string, Rule<unknown>>
  const read: Record<string, unknown> = {}
  const unknown: string[] = []
  for (const name in form) {
    const path = under ? `${under}[${name}]` : name
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule) read[name] = rule.read(form[name], path)
    else unknown.push(path)
  }
  if (unknown.length > 0) {
    const plural = unknown.length > 1 ? 's' : ''
    throw invalid(`Received unknown parameter${plural}: ${unknown.join(', ')}`, {
      code: 'parameter_unknown',
      param: unknown[0]!,
    })
  }
  for (const name in rules) {
    if (rules[name]!.must && read[name] === undefined) {
      const path = under ? `${under}[${name}]` : name
      throw invalid(`Missing required param: ${path}.`, { code: 'parameter_missing', param: path })
    }
  }
  return read as P
}

/** The parameter must be there. */
export const must = <T>(rule: Rule<T>): Must<T> => ({ ...rule, must: true })

/** The parameter may be sent empty, which unsets it. */
export const clearable = <T>(rule: Rule<T>): Rule<T | ''> => ({
  read: (value, name) => (value === '' ? '' : rule.read(value, name)),
})

/** Text of at most `max` characters, not empty. */
export function text(max = 5000): Rule<string> {
  return {
    read(value, name) {
      if (typeof value !== 'string')
        throw invalid(`Invalid string: ${JSON.stringify(value)}`, { param: name })
      if (value === '') {
        throw invalid(
          `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; ` +
            `however '${name}' cannot be unset. You should remove '${name}' from your request or supply a ` +
            'non-empty value.',
          { code: 'parameter_invalid_empty', param: name },
        )
      }
      if (value.length > max) {
        throw invalid(`Invalid ${name}: must be at most ${max} characters`, { param: name })
      }
      return value
    },
  }
}

/** A whole number from `min` to `max`. */
export function int(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Rule<number> {
  return {
    read(value, name) {
      const number = typeof value === 'string' && /^[+-]?\d{1,19}$/.test(value) ? Number(value) : Number.NaN
      const bad = { code: 'parameter_invalid_integer', param: name } as const
      if (!Number.isSafeInteger(number)) throw invalid(`Invalid integer: ${said(value)}`, bad)
      if (number < min) throw invalid(`This value must be greater than or equal to ${min}.`, bad)
      if (number > max) throw invalid(`This value must be less than or equal to ${max}.`, bad)
      return number
    },
  }
}

export const flag: Rule<boolean> = {
  read(value, name) {
    if (value === 'true' || value === '1') return true
    if (value === 'false' || value === '0') return false
    throw invalid(`Invalid boolean: ${said(value)}`, { param: name })
  },
}

/** One of the words. */
export function one<T extends string>(...words: T[]): Rule<T> {
  return {
    read(value, name) {
      if (words.includes(value as T)) return value as T
      const list = words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : words[0]
      throw invalid(`Invalid ${name}: must be one of ${list}`, { param: name })
    },
  }
}

/** An object with a table of its own. `form<Stripe.AddressParam>({…})` */
export const form = <P>(table: Table<P>): Rule<P> => ({
  read: (value, name) => readParams(table, asObject(value, name), name),
})

/** A list, sent as `name[]=…`, `name[0]=…`. */
export const listOf = <T>(rule: Rule<T>, most = 1000): Rule<T[]> => ({
  read(value, name) {
    const entries = Array.isArray(value)
      ? value
      : value && typeof value === 'object'
        ? Object.values(value)
        : undefined
    if (!entries) throw invalid('Invalid array', { param: name })
    if (entries.length > most)
      throw invalid(`Array ${name} exceeded maximum ${most} allowed elements.`, { param: name })
    return entries.map((entry, index) => rule.read(entry, `${name}[${index}]`))
  },
})

/** Taken as it comes, for what the sandbox accepts and does not act on (numbers stay text). */
export const anything: Rule<never> = { read: value => value as never }

export const expand: Rule<string[]> = listOf(text(), 20)

/** `created=1700000000` or `created[gte]=…`. */
export const range: Rule<number | Stripe.RangeQueryParam> = {
  read(value, name) {
    if (typeof value === 'string') return int(0).read(value, name)
    return readParams<Stripe.RangeQueryParam>(
      { gt: int(), gte: int(), lt: int(), lte: int() },
      asObject(value, name),
      name,
    )
  },
}

export const paging: Table<Stripe.PaginationParams> = {
  limit: int(1, 100),
  starting_after: text(),
  ending_before: text(),
}

export const address: Rule<Stripe.AddressParam> = form<Stripe.AddressParam>({
  city: clearable(text()),
  country: clearable(text(5000)),
  line1: clearable(text()),
  line2: clearable(text()),
  postal_code: clearable(text()),
  state: clearable(text()),
})

/** Refuses what is no object. */
export function asObject(value: unknown, name: string): Record<string, unknown> {
  if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalid('Invalid object', { param: name })
}

const said = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
