import type Stripe from 'stripe'
import { asObject, type Rule } from './params.ts'
import { invalid } from './refusal.ts'

/** At most 50 pairs, keys up to 40 characters, values up to 500; an empty value removes its key. */
export const metadata: Rule<Stripe.Metadata | ''> = {
  read(value, name) {
    if (value === '') return ''
    const pairs = asObject(value, name)
    if (Object.keys(pairs).length > 50) {
      throw invalid('Metadata can have up to 50 keys.', { param: name })
    }
    for (const [key, entry] of Object.entries(pairs)) {
      const param = `${name}[${key}]`
      if (typeof entry !== 'string') throw invalid('Metadata values must be strings.', { param })
      if (key.length > 40)
        throw invalid(
          `Metadata keys can have up to 40 characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
          { param: name },
        )
      if (entry.length > 500)
        throw invalid(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${entry.length} characters. Invalid value: ${entry}`,
          { param: name },
        )
    }
    return pairs as Stripe.Metadata
  },
}

/** What `metadata` becomes when an update arrives: merged, emptied keys removed, all removed by ''. */
export function mergeMetadata(
  old: Stripe.Metadata | null,
  update: Stripe.MetadataParam | '' | null | undefined,
): Stripe.Metadata {
  if (update === undefined) return old ?? {}
  if (update === '' || update === null) return {}
  const merged = { ...old, ...update } as Stripe.Metadata
  for (const key of Object.keys(merged)) if (merged[key] === '') delete merged[key]
  return merged
}
