import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { changeCart, createCart, findCart } from '../catalog/carts.ts'
import { CartChange, CartView, NewCart } from '../catalog/schemas.ts'
import type { Deps } from '../deps.ts'
import { NotFound } from '../lib/problem.ts'
import { problemErrors } from '../lib/scopes.ts'
import { Uuid } from '../lib/wire.ts'
import { mayUse, openCheckout } from '../orders/open.ts'
import { NewSession, SessionView } from '../orders/schemas.ts'
import { PublicStatus } from '../stores/schemas.ts'
import { stripeStatus } from '../stores/status.ts'

const CartParams = z.object({ id: Uuid })

/** What a shop's own pages may call without a secret: carts, checkouts, and whether the store takes payments. */
export const publicApi: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  problemErrors(app)

  // The answer to a preflight says what any page may ask; which page may have the answer is decided below, by the
  // store that the cart belongs to.
  app.options('/api/*', async (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, POST, PATCH',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '86400',
      })
      .send(),
  )

  function shareWith(request: FastifyRequest, reply: FastifyReply, cart: { origins: string[] }): void {
    const { origin } = request.headers
    reply.header('vary', 'origin')
    if (origin === undefined) return
    if (!mayUse(deps, cart, origin)) throw new NotFound('There is no such cart.')
    reply.header('access-control-allow-origin', origin)
  }

  const limited = { rateLimit: { max: 120, timeWindow: '1 minute' } }

  app.post(
    '/api/carts',
    { config: limited, schema: { body: NewCart, response: { 201: CartView } } },
    async (request, reply) => {
      const cart = await createCart(deps.db, request.body.store_id, request.body.lines)
      shareWith(request, reply, cart)
      reply.code(201)
      return cart
    },
  )

  app.get(
    '/api/carts/:id',
    { schema: { params: CartParams, response: { 200: CartView } } },
    async (request, reply) => {
      const cart = await findCart(deps.db, request.params.id)
      shareWith(request, reply, cart)
      return cart
    },
  )

  app.patch(
    '/api/carts/:id',
    { config: limited, schema: { params: CartParams, body: CartChange, response: { 200: CartView } } },
    async (request, reply) => {
      const cart = await findCart(deps.db, request.params.id)
      shareWith(request, reply, cart)
      return changeCart(deps.db, cart, request.body.lines)
    },
  )

  app.post(
    '/api/checkout/sessions',
    { config: limited, schema: { body: NewSession, response: { 201: SessionView } } },
    async (request, reply) => {
      const { origin } = request.headers
      const session = await openCheckout(deps, origin, request.body)
      if (origin !== undefined) reply.headers({ vary: 'origin', 'access-control-allow-origin': origin })
      reply.code(201)
      return session
    },
  )

  app.get(
    '/stripe/status/:store_id',
    { schema: { params: z.object({ store_id: z.string().max(100) }), response: { 200: PublicStatus } } },
    async request => {
      const { store_id } = request.params
      const known = z.guid().safeParse(store_id).success
      const status = known ? await stripeStatus(deps.db, null, store_id.toLowerCase()) : undefined
      return status ?? { store_id, has_stripe: false, is_live_mode: false }
    },
  )
}
