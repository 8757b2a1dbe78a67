import type { Books } from './books.ts'
import { Refusal } from './refusal.ts'

/** The first answer to an idempotency key; `undefined` while the request is still running. */
export interface KeptAnswer {
  path: string
  fingerprint: string
  at: number
  answer?: { status: number; body: string; request: string }
}

const lifetime = 24 * 3600 * 1000
const most = 10_000

/**
 * Claims a key, or answers what it answered first (a 500 too, for 24 hours). 400 when it comes with other
 * parameters, 409 while the first request is still running.
 */
export function claim(books: Books, key: string, path: string, fingerprint: string): KeptAnswer['answer'] {
  const kept = books.answers.get(key)
  if (!kept || Date.now() - kept.at > lifetime) {
    if (books.answers.size >= most) books.answers.delete(books.answers.keys().next().value!)
    books.answers.set(key, { path, fingerprint, at: Date.now() })
    return undefined
  }
  if (kept.path !== path) {
    throw mismatch(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs ` +
        `'${kept.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    )
  }
  if (kept.fingerprint !== fingerprint) {
    throw mismatch(
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    )
  }
  if (!kept.answer) {
    throw new Refusal(409, {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message:
        'There is currently another in-progress request using this Stripe-Idempotency-Key (that probably means you ' +
        'submitted twice, and the other request is still going through): ' +
        `${key}. Please try again later, or try again with a different key.`,
    })
  }
  return kept.answer
}

/** Keeps the answer; without one (the request failed before it began to act) the key is free again. */
export function settle(books: Books, key: string, answer: KeptAnswer['answer']): void {
  const kept = books.answers.get(key)
  if (kept && answer) kept.answer = answer
  else books.answers.delete(key)
}

const mismatch = (message: string) => new Refusal(400, { type: 'idempotency_error', message })
