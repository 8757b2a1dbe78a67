import type { FastifyInstance } from 'fastify'
import type { Actor } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import { readId } from '../lib/ids.ts'
import { NotFound } from '../lib/problem.ts'
import { signInFor } from '../owners/next.ts'
import { ownerCookies } from '../owners/request.ts'
import type { OwnerSession } from '../owners/sessions.ts'
import { findOwnedStore, storesOf } from '../owners/stores.ts'
import type { Store } from '../stores/table.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in. */
    owner: OwnerSession
    /** The owner's store that the path names. */
    store: Store
    /** Whether the owner has other stores to go to. */
    has_other_stores: boolean
  }
}

/** Every change in the portal, and how often one address may make one. */
export const CHANGES = { rateLimit: { max: 60, timeWindow: '1 minute' } } as const

/** Lets in who is signed in; everybody else is led to the sign-in and back. */
export function guardOwner(app: FastifyInstance, deps: Deps): void {
  const cookies = ownerCookies(deps)
  app.decorateRequest('owner', null as unknown as OwnerSession)
  app.addHook('onRequest', async (request, reply) => {
    const owner = await cookies.owner(request, reply)
    if (!owner) return reply.redirect(signInFor(request.method === 'GET' ? request.url : '/portal'), 303)
    request.owner = owner
  })
}

/** Finds the store of the path. Somebody else's is not found, exactly like one that does not exist. */
export function guardStore(app: FastifyInstance, { db }: Deps): void {
  app.decorateRequest('store', null as unknown as Store)
  app.decorateRequest('has_other_stores', false)
  app.addHook('onRequest', async request => {
    const id = readId((request.params as { store_id?: string }).store_id)
    const store = id ? await findOwnedStore(db, request.owner, id) : undefined
    if (!store) throw new NotFound()
    request.store = store
    request.has_other_stores = (await storesOf(db, request.owner)).length > 1
  })
}

/** In whose name a form changes something. */
export const actorOf = ({ owner }: { owner: OwnerSession }): Actor => ({ kind: 'owner', email: owner.email })
