import { type Actor, changedFields, record } from '../audit/audit.ts'
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
  const { id = newId(), ...rest } = input
  const nothing = { logo_url: null, color: null, support_email: null, support_url: null }
  return db.transaction().execute(async trx => {
    const made = await insertStore(trx, { id, partner_id: partnerId, ...nothing, ...rest })
    if (made.store.partner_id !== partnerId) throw new StoreIdTaken()
    if (made.created) await record(trx, id, { kind: 'partner', partner_id: partnerId }, 'store.created')
    return made
  })
}

/** Changes what is given and leaves the rest; what really changed goes into the trail. Throws BadInput. */
export async function changeStore(
  db: Database,
  config: Config,
  store: Store,
  change: StoreChange,
  actor: Actor,
): Promise<Store> {
  refusePlainOrigins(config, change.origins ?? [])
  const fields = changedFields(store, change)
  if (fields.length === 0) return store
  return db.transaction().execute(async trx => {
    const { mode } = change
    if (fields.includes('mode') && mode) await record(trx, store.id, actor, 'store.mode_switched', { mode })
    const others = fields.filter(field => field !== 'mode')
    if (others.length > 0) await record(trx, store.id, actor, 'store.changed', { fields: others })
    return updateStore(trx, store.id, change)
  })
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
