/** Deeper than anything Stripe sends, and far from what would exhaust a stack. */
const DEEPEST = 64

/**
 * Removes, in place, what must not be kept: client secrets, which let their holder confirm a payment, and the
 * characters that jsonb refuses (NUL, halves of surrogate pairs; both can only come `escaped`). False when too deep.
 */
export function makeKeepable(value: unknown, escaped: boolean, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth > DEEPEST) return false
  const record = value as Record<string, unknown>
  for (const key in record) {
    const inner = record[key]
    if (key === 'client_secret' || (escaped && keepable(key) !== key)) delete record[key]
    else if (typeof inner === 'object') {
      if (!makeKeepable(inner, escaped, depth + 1)) return false
    } else if (escaped && typeof inner === 'string') {
      record[key] = keepable(inner)
    }
  }
  return true
}

const keepable = (text: string): string => text.toWellFormed().replaceAll('\0', '')
