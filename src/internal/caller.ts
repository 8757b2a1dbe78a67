import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import { readId } from '../lib/ids.ts'
import { NotFound } from '../lib/problem.ts'
import { text, Uuid } from '../lib/wire.ts'
import { type Caller, makeAuthenticate, requireScope, type Scope } from '../partners/partners.ts'
import { findStoreOf } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
    /** The partner's own store that the path names. */
    store: Store
  }
  interface FastifyContextConfig {
    /** What the caller's secret must be allowed to do. */
    scope?: Scope
  }
}

export type InternalOptions = { deps: Deps; withStore: (request: FastifyRequest) => Promise<void> }

export const StoreParams = z.object({
  store_id: z.string().meta({ examples: ['0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c'] }),
})

export const OrderParams = StoreParams.extend({ order_id: z.string().max(100) })

/** The id of the order that the path names. Throws NotFound. */
export function orderIdOf({ order_id }: z.output<typeof OrderParams>): string {
  const id = Uuid.safeParse(order_id)
  if (!id.success) throw new NotFound('There is no such order.')
  return id.data
}

/** Which page of a list, and how long. */
export const PageQuery = z.object({
  cursor: text(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})

/** In whose name a call changes something. */
export const actorOf = ({ caller }: FastifyRequest): Actor => ({
  kind: 'partner',
  partner_id: caller.partner_id,
})

/**
 * Lets in who sends a known `X-Internal-Secret`, before the body is read. `withStore` then finds the store of the
 * path: another partner's store is not found, exactly like one that does not exist.
 */
export function guardInternal(app: FastifyInstance, { db }: Deps) {
  const authenticate = makeAuthenticate(db)
  app.decorateRequest('caller', null as unknown as Caller)
  app.decorateRequest('store', null as unknown as Store)

  app.addHook('onRequest', async request => {
    const secret = request.headers['x-internal-secret']
    request.caller = await authenticate(typeof secret === 'string' ? secret : undefined)
    const { scope } = request.routeOptions.config
    if (scope) requireScope(request.caller, scope)
  })

  return async function withStore(request: FastifyRequest): Promise<void> {
    const { store_id } = request.params as { store_id: string }
    const id = readId(store_id)
    const store = id ? await findStoreOf(db, request.caller.partner_id, id) : undefined
    if (!store) throw new NotFound('There is no such store.')
    request.store = store
  }
}
