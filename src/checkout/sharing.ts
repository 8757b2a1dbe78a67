import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findCart } from '../catalog/carts.ts'
import type { Deps } from '../deps.ts'
import { NotFound, type Problem } from '../lib/problem.ts'
import { sendProblem, toProblem } from '../lib/scopes.ts'
import { Uuid } from '../lib/wire.ts'
import { mayUse } from '../orders/open.ts'
import { findStore } from '../stores/stores.ts'

/** Lets the page that asks read the answer about a cart. Throws NotFound for a page the store does not list. */
export function shareWith(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  cart: { origins: string[] },
): void {
  const { origin } = request.headers
  reply.header('vary', 'origin, accept-language')
  if (origin === undefined) return
  if (!mayUse(deps, cart, origin)) throw new NotFound('There is no such cart.')
  reply.header('access-control-allow-origin', origin)
}

/**
 * The API's way of saying no, readable by the shop's page too: it has to tell the shopper what to do next. What is
 * said about a store stays with the origins on its list; what is about none (too many requests, our own failure,
 * an id that nobody has) any page may read. Costs a question to the database, and only when something is refused.
 */
export function shareProblems(app: FastifyInstance, deps: Deps): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = toProblem(error, request)
    const { origin } = request.headers
    if (origin !== undefined) {
      const concerned = isAboutStore(problem) ? await concernedOrigins(deps, request) : undefined
      reply.header('vary', 'origin')
      if (concerned === undefined) reply.header('access-control-allow-origin', '*')
      else if (mayUse(deps, concerned, origin)) reply.header('access-control-allow-origin', origin)
    }
    return sendProblem(reply, problem)
  })
}

const isAboutStore = ({ status }: Problem): boolean => [404, 409, 422].includes(status)

/** The store, or the cart, that a request names; undefined when there is none. */
async function concernedOrigins(
  { db }: Deps,
  { params, body }: FastifyRequest,
): Promise<{ origins: string[] } | undefined> {
  const named = { ...(body as object | undefined), ...(params as object) } as Record<string, unknown>
  const storeId = Uuid.safeParse(named.store_id).data
  if (storeId) return findStore(db, storeId)
  const cartId = Uuid.safeParse(named.cart_id ?? named.id).data
  return cartId ? findCart(db, cartId).catch(noneForNotFound) : undefined
}

function noneForNotFound(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error
}
