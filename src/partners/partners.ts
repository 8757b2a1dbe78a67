import { LRUCache } from 'lru-cache'
import type { Database } from '../db/database.ts'
import { digest } from '../lib/ids.ts'
import { problem } from '../lib/problem.ts'
import { reveal, type Secret } from '../lib/secret.ts'
import { findHolder, findSecret, touchSecret } from './queries.ts'
import { addPartnerWith, SecretTaken } from './secrets.ts'

export { anyPartner } from './queries.ts'

export const NotAuthenticated = problem('not-authenticated', 401, 'X-Internal-Secret is missing or not known')
export const NotAllowed = problem('not-allowed', 403, 'This secret may not do that')

/** What a secret may be allowed to do; `*` is all of it. */
export const SCOPES = [
  'stores',
  'catalog',
  'vendors',
  'checkout',
  'orders',
  'refunds',
  'notifications',
  'mirror',
] as const
export type Scope = (typeof SCOPES)[number]

/** Whoever called the internal API, as its secret says. */
export type Caller = { partner_id: string; scopes: readonly string[] }

/**
 * Adds a partner with one secret that may do everything; the same secret twice is the same partner, also when
 * instances that start at once bring it, or when it was revoked since (it stays revoked).
 */
export async function addPartner(db: Database, name: string, secret: Secret): Promise<string> {
  const fingerprint = digest(reveal(secret))
  const known = await findHolder(db, fingerprint)
  if (known) return known.partner_id
  try {
    return await addPartnerWith(db, name, secret, { scopes: ['*'], expires_at: null })
  } catch (error) {
    const faster = error instanceof SecretTaken ? await findHolder(db, fingerprint) : undefined
    if (!faster) throw error
    return faster.partner_id
  }
}

/** How long a secret that was looked up is taken as known, in milliseconds: a revocation is felt after that. */
const REMEMBERED = 5_000

/**
 * Who holds this secret. Looked up by its SHA-256, so neither the database nor a timing difference gives away
 * how much of a guess was right. Throws NotAuthenticated for unknown, expired and revoked secrets alike.
 */
export function makeAuthenticate(db: Database) {
  const remembered = new LRUCache<string, Caller>({ max: 1_000, ttl: REMEMBERED })

  return async function authenticate(secret: string | undefined): Promise<Caller> {
    if (!secret) throw new NotAuthenticated()
    const fingerprint = digest(secret)
    const key = fingerprint.toString('base64')
    const known = remembered.get(key)
    if (known) return known

    const found = await findSecret(db, fingerprint)
    if (!found) throw new NotAuthenticated()
    const caller = { partner_id: found.partner_id, scopes: found.scopes }
    remembered.set(key, caller)
    await touchSecret(db, found)
    return caller
  }
}

/** Throws NotAllowed unless the caller's secret has the scope. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (!caller.scopes.includes('*') && !caller.scopes.includes(scope)) {
    throw new NotAllowed(`It lacks the scope "${scope}".`)
  }
}
