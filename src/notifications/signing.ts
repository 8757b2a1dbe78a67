import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { reveal, Secret } from '../lib/secret.ts'
import type { SealedColumn } from '../vault/rotation.ts'
import type { Place } from '../vault/vault.ts'

/** A signing secret in the form of https://www.standardwebhooks.com: 256 random bits. */
export const newSigningSecret = (): Secret => new Secret(`whsec_${randomBytes(32).toString('base64')}`)

/** The headers of one attempt. Each secret signs: a receiver is content with any it knows. */
export function signedHeaders(
  id: string,
  body: string,
  at: Date,
  secrets: readonly Secret[],
): Record<string, string> {
  const signatures = secrets.map(secret => new Webhook(reveal(secret)).sign(id, at, body))
  return {
    'content-type': 'application/json',
    'user-agent': 'Owntill',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signatures.join(' '),
  }
}

/** Where a signing secret is sealed; the previous one of a rotation has the version before. */
export const signingPlace = (endpoint: { store_id: string; id: string }, version: number): Place => ({
  store_id: endpoint.store_id,
  purpose: 'notification_secret',
  mode: 'any',
  row_id: endpoint.id,
  version,
})

type SealedRow = { store_id: string; id: string; secret_version: number }

const sealed = (column: string, back: number): SealedColumn => ({
  table: 'notification_endpoints',
  column,
  key: ['store_id', 'id'],
  needs: ['secret_version'],
  placeOf(row) {
    const { secret_version, ...endpoint } = row as SealedRow
    return signingPlace(endpoint, secret_version - back)
  },
})

export const sealedNotificationSecrets = sealed('secret_box', 0)
export const sealedPreviousSecrets = sealed('previous_secret_box', 1)
