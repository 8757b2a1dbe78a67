import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../lib/ids.ts'
import { BadInput, problem } from '../lib/problem.ts'
import { isLoopback } from '../lib/redirect.ts'
import { insertStore, updateStore } from './queries.ts'
import type { NewStore, StoreChange } from './schemas.ts'
import type { Store } from './table.ts'

export { findStore, findStoreOf } from './queries.ts'

export const StoreIdTaken = problem('store-id-taken', 409, 'That store id is already in use')
export const StoreNotConnected = problem('store-not-connected', 409, 'Store not connected to Stripe')

/**
 * Creates a store for a partner. The same `id` twice answers the same store, unchanged. Throws StoreIdTaken when
 * the id belongs to another partner's store, BadInput for an origin that cannot be served.
 */
export async function createStore(
  db: Database,
  config: Config,
  partnerId: string,
  input: NewStore,
): Promise<{ store: Store; created: boolean }> {
  refusePlainOrigins(config, input.origins)
  const { id = newId(), logo_url = null, color = null, ...rest } = input
  const { store, created } = await insertStore(db, { id, partner_id: partnerId, logo_url, color, ...rest })
  if (store.partner_id !== partnerId) throw new StoreIdTaken()
  return { store, created }
}

/** Changes what is given and leaves the rest. Throws BadInput. */
export async function changeStore(
  db: Database,
  config: Config,
  store: Store,
  change: StoreChange,
): Promise<Store> {
  refusePlainOrigins(config, change.origins ?? [])
  return updateStore(db, store.id, change)
}

// A plain http origin could be read and changed on the way: only a developer's own machine may be one.
function refusePlainOrigins(config: Config, origins: string[]): void {
  const errors = origins.flatMap((origin, index) => {
    const { protocol, hostname } = new URL(origin)
    if (protocol === 'https:' || (!config.production && isLoopback(hostname))) return []
    return [{ pointer: `/origins/${index}`, detail: 'must be https' }]
  })
  if (errors.length > 0) throw new BadInput({ errors })
}
