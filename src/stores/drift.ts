import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { failureOf } from '../stripe/errors.ts'
import { registeredEndpoint } from './endpoints.ts'
import { driftOf } from './registration.ts'
import type { Connection } from './table.ts'

/** What is wrong with a connection, for whoever runs the service. */
type Trouble = { store_id: string; mode: Mode; what: string }

/** How many connections there are, how many have a refused key, and how many no webhook endpoint. */
export async function countConnections(
  deps: Pick<Deps, 'db'>,
): Promise<{ active: number; invalid: number; silent: number }> {
  const { rows } = await deps.db.engine.query<{ active: number; invalid: number; silent: number }>(
    `select count(*) filter (where c.state = 'active') as active,
            count(*) filter (where c.state = 'invalid') as invalid,
            count(*) filter (where c.state = 'active' and not exists (
              select from endpoints e
              where e.store_id = c.store_id and e.connection_id = c.id and e.retired_at is null)) as silent
     from connections c where c.state in ('active', 'invalid')`,
  )
  return rows[0]!
}

/**
 * Compares the endpoints that we registered with what Stripe has, for the connections that were looked at longest
 * ago, at most `most`, or for those of one store. Changes nothing, neither here nor at Stripe.
 */
export async function lookForDrift(
  deps: Pick<Deps, 'config' | 'db' | 'stripe'>,
  most: number,
  storeId?: string,
): Promise<{ looked: number; troubles: Trouble[] }> {
  const connections = await deps.db
    .selectFrom('connections')
    .selectAll()
    .where('state', '=', 'active')
    .$if(storeId !== undefined, query => query.where('store_id', '=', storeId!))
    .orderBy('checked_at')
    .limit(most)
    .execute()
  const troubles: Trouble[] = []
  for (const connection of connections) {
    const what = await troubleWith(deps, connection)
    if (what) troubles.push({ store_id: connection.store_id, mode: connection.mode, what })
  }
  return { looked: connections.length, troubles }
}

const SAID = {
  invalid_key: 'cannot be looked up: Stripe refuses the key',
  missing_permission: 'cannot be looked up: the key may not read webhook endpoints',
  unreachable: 'cannot be looked up: Stripe does not answer',
  declined: 'cannot be looked up',
  refused: 'cannot be looked up',
}

async function troubleWith(
  deps: Pick<Deps, 'config' | 'db' | 'stripe'>,
  connection: Connection,
): Promise<string | null> {
  const known = await registeredEndpoint(deps.db, connection)
  if (!known) return null
  try {
    return await driftOf(deps, deps.stripe.clientFor(connection), { ...connection, known })
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    return SAID[failure]
  }
}
