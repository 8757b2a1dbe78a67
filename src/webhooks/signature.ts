import { createHmac, timingSafeEqual } from 'node:crypto'
import { reveal, type Secret } from '../lib/secret.ts'

/** How far a signature's time may be off, either way, in seconds (Stripe's own tolerance). */
const TOLERANCE = 300

export type Signature = { timestamp: string; candidates: Buffer[] }

/**
 * Reads the `Stripe-Signature` header: one `t` of ten digits, and one to eight `v1` of 64 hex digits (two while a
 * secret rolls). Undefined for anything else, before any secret is tried. Stricter than stripe-node, which takes
 * several `t`.
 */
export function readSignature(header: string | undefined): Signature | undefined {
  if (header === undefined || header.length > 1_000) return undefined
  let timestamp: string | undefined
  const candidates: Buffer[] = []
  for (const part of header.split(',')) {
    const split = part.indexOf('=')
    if (split < 1) return undefined
    const scheme = part.slice(0, split)
    const value = part.slice(split + 1)
    if (scheme === 't') {
      if (timestamp !== undefined || !/^\d{10}$/.test(value)) return undefined
      timestamp = value
    } else if (scheme === 'v1') {
      if (!/^[0-9a-f]{64}$/.test(value)) return undefined
      candidates.push(Buffer.from(value, 'hex'))
    }
  }
  if (timestamp === undefined || candidates.length === 0 || candidates.length > 8) return undefined
  return { timestamp, candidates }
}

/** Whether it was signed lately. Stricter than stripe-node, which takes a time that is years ahead. */
export const isTimely = ({ timestamp }: Signature, now: number): boolean =>
  Math.abs(now / 1_000 - Number(timestamp)) <= TOLERANCE

/** Whether the secret signed exactly these bytes at that time. */
export function signedBy(secret: Secret, { timestamp, candidates }: Signature, body: Buffer): boolean {
  const expected = createHmac('sha256', reveal(secret)).update(`${timestamp}.`).update(body).digest()
  return candidates.some(candidate => timingSafeEqual(candidate, expected))
}
