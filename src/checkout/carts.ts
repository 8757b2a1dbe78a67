import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { changeCart, createCart, findCart, type PricedCart } from '../catalog/carts.ts'
import { CartChange, CartView, NewCart } from '../catalog/schemas.ts'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import { Uuid } from '../lib/wire.ts'
import { openCheckout } from '../orders/open.ts'
import { NewSession, SessionView } from '../orders/schemas.ts'
import { PublicStatus } from '../stores/schemas.ts'
import { stripeStatus } from '../stores/status.ts'
import { shareProblems, shareWith } from './sharing.ts'

const CartParams = z.object({ id: Uuid })

/** What a shop's own pages may call without a secret: carts, checkouts, and whether the store takes payments. */
export const publicApi: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  shareProblems(app, deps)

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

  const limited = { rateLimit: { max: 120, timeWindow: '1 minute' } }

  app.post(
    '/api/carts',
    { config: limited, schema: { body: NewCart, response: { 201: CartView } } },
    async (request, reply) => {
      const { store_id, lines } = request.body
      const { origin } = request.headers
      const foreign = origin === deps.config.publicUrl ? undefined : origin
      const cart = await createCart(deps.db, store_id, lines, foreign)
      shareWith(deps, request, reply, cart)
      reply.code(201)
      return show(cart, reply.language().locale)
    },
  )

  app.get(
    '/api/carts/:id',
    { schema: { params: CartParams, response: { 200: CartView } } },
    async (request, reply) => {
      const cart = await findCart(deps.db, request.params.id)
      shareWith(deps, request, reply, cart)
      return show(cart, reply.language().locale)
    },
  )

  app.patch(
    '/api/carts/:id',
    { config: limited, schema: { params: CartParams, body: CartChange, response: { 200: CartView } } },
    async (request, reply) => {
      const cart = await findCart(deps.db, request.params.id)
      shareWith(deps, request, reply, cart)
      return show(await changeCart(deps.db, cart, request.body.lines), reply.language().locale)
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

const show = (cart: PricedCart, locale: string): CartView => {
  const shown = (amount: number) => formatMoney({ amount, currency: cart.currency }, locale)
  return {
    ...cart,
    lines: cart.lines.map(line => ({
      ...line,
      unit_shown: shown(line.unit_amount),
      amount_shown: shown(line.amount),
    })),
    amount_shown: shown(cart.amount),
  }
}
