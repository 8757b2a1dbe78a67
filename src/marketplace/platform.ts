import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { Unavailable } from '../lib/problem.ts'
import { activeConnection, markInvalid, notePermissionMissing } from '../stores/connections.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import type { Connection } from '../stores/table.ts'
import { codeOf, failureOf, type StripeFailure } from '../stripe/errors.ts'

export type Platform = { connection: Connection; stripe: Stripe }

/** Somebody waits for the answer, and asking again is safe. */
export const PATIENCE = { timeout: 8_000, maxNetworkRetries: 1 }

/** The store's own account, as the platform of its vendors. Throws StoreNotConnected. */
export async function platformOf(deps: Deps, storeId: string, mode: Mode): Promise<Platform> {
  const connection = await activeConnection(deps.db, storeId, mode)
  if (!connection)
    throw new StoreNotConnected('Its vendors are paid through the Stripe account of the store.')
  return { connection, stripe: deps.stripe.clientFor(connection) }
}

/**
 * What a failed call means, with what follows for the connection. Throws StoreNotConnected (the key is dead) and
 * Unavailable (no answer: nothing is known, and nothing was changed here); rethrows what is not Stripe's.
 */
export async function refusalOf(
  deps: Deps,
  connection: Connection,
  error: unknown,
): Promise<Exclude<StripeFailure, 'invalid_key' | 'unreachable'>> {
  const failure = failureOf(error)
  if (!failure) throw error
  if (failure === 'unreachable') throw new Unavailable({ detail: 'Stripe did not answer.', retryAfter: 5 })
  if (failure === 'invalid_key') {
    await markInvalid(deps.db, connection)
    throw new StoreNotConnected('Stripe rejects its key.')
  }
  // Stripe answers 403 for another platform's account as well: only its code tells them apart.
  if (failure === 'missing_permission' && codeOf(error) !== 'account_invalid')
    await notePermissionMissing(deps.db, connection, 'connect')
  return failure
}
