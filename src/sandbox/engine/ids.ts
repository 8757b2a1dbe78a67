import { randomFillSync } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const pool = Buffer.alloc(8192)
let used = pool.length

/** Random base-62 text. Bytes are drawn in bulk, for a benchmark asks for millions. */
export function random(length: number): string {
  let text = ''
  while (text.length < length) {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const index = pool[used++]! & 63
    if (index < 62) text += alphabet[index]
  }
  return text
}

/** An id of the shape Stripe gives: `newId('pi_3', 24)` → `pi_3` and random text, 24 characters after the `_`. */
export function newId(prefix: string, length = 24): string {
  return prefix + random(length - (prefix.length - prefix.indexOf('_') - 1))
}

/** Now, as Stripe writes time: whole seconds. */
export const now = (): number => Math.floor(Date.now() / 1000)
