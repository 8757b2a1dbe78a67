import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import Stripe from 'stripe'
import type { Config } from '../config.ts'
import type { Mode } from '../lib/mode.ts'
import { reveal, type Secret } from '../lib/secret.ts'
import type { SealedColumn } from '../vault/rotation.ts'
import type { Vault } from '../vault/vault.ts'
import { measured } from './measured.ts'

/** The version our code was written and tested for; endpoints that we register send it too. */
export const API_VERSION = '2026-10-28.endive'

/** What it takes to speak for a store: the row of a connection, its key still sealed. */
export type SealedKey = {
  store_id: string
  id: string
  mode: Mode
  version: number
  secret_key_box: string
}

export type StripeAccess = ReturnType<typeof makeStripeAccess>

/**
 * Every conversation with Stripe starts here. Connections (TCP, TLS) are shared by all tenants; keys never are:
 * a client is made for one request with one key and forgotten with it.
 */
export function makeStripeAccess(config: Config['stripe'], vault: Vault) {
  const api = new URL(config.apiUrl)
  const secure = api.protocol === 'https:'
  const agent = new (secure ? HttpsAgent : HttpAgent)({
    keepAlive: true,
    maxSockets: 256,
    scheduling: 'lifo',
  })
  const httpClient = measured(Stripe.createNodeHttpClient(agent))

  /** A client with a key that is not saved yet (the connect form), or a publishable one. */
  function clientWith(key: Secret): Stripe {
    return new Stripe(reveal(key), {
      apiVersion: API_VERSION,
      host: api.hostname,
      port: api.port || (secure ? 443 : 80),
      protocol: secure ? 'https' : 'http',
      httpClient,
      // The shopper waits: better a clear "try again" (safe by our idempotency keys) than the default 80 s. Three
      // tries of this must end before the shopper's own connection does (app.ts).
      timeout: 8_000,
      maxNetworkRetries: 2,
      telemetry: false,
      appInfo: { name: 'Owntill' },
    })
  }

  return {
    clientWith,

    /** A client that speaks for a store with the key of this connection. Throws BoxDoesNotOpen. */
    clientFor(connection: SealedKey): Stripe {
      return clientWith(vault.open(secretKeyPlace(connection), connection.secret_key_box))
    },

    close: () => agent.destroy(),
  }
}

/** Where a connection's secret key is sealed. */
export const secretKeyPlace = (connection: Omit<SealedKey, 'secret_key_box'>) =>
  ({
    store_id: connection.store_id,
    purpose: 'secret_key',
    mode: connection.mode,
    row_id: connection.id,
    version: connection.version,
  }) as const

export const sealedKeys: SealedColumn = {
  table: 'connections',
  column: 'secret_key_box',
  key: ['store_id', 'id'],
  needs: ['mode', 'version'],
  placeOf: row => secretKeyPlace(row as Parameters<typeof secretKeyPlace>[0]),
}
