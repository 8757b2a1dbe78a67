import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CartChange, CartView, NewCart } from '../catalog/cart-schemas.ts'
import { changeCart, createCart, findCart, type PricedCart } from '../catalog/carts.ts'
import type { Deps } from '../deps.ts'
import { problems, underNoun } from '../lib/contract.ts'
import { readId } from '../lib/ids.ts'
import { formatMoney } from '../lib/money.ts'
import { NotFound } from '../lib/problem.ts'
import { Uuid } from '../lib/wire.ts'
import { AmountOutOfRange, NothingToPay, openCheckout } from '../orders/open.ts'
import { NewSession, SessionView } from '../orders/session-schemas.ts'
import { PublicStatus } from '../stores/schemas.ts'
import { stripeStatus } from '../stores/status.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { shareProblems, shareWith } from './sharing.ts'

const CartParams = z.object({ id: Uuid })

/** What a shop's own pages may call without a secret: carts, checkouts, and whether the store takes payments. */
export const publicApi: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  shareProblems(app, deps)
  underNoun(app, 'Carts')

  // The answer to a preflight says what any page may ask; which page may have the answer is decided below, by the
  // store that the cart belongs to.
  app.options('/api/*', { schema: { hide: true } }, async (_request, reply) =>
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
    {
      config: limited,
      schema: {
        operationId: 'createCart',
        summary: 'Create a cart',
        body: NewCart,
        response: { 201: CartView, ...problems(NotFound) },
      },
    },
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
    {
      schema: {
        operationId: 'getCart',
        summary: 'Read a cart',
        description: 'Priced now, from the catalogue. Lines that cannot be bought any more are left out.',
        params: CartParams,
        response: { 200: CartView, ...problems(NotFound) },
      },
    },
    async (request, reply) => {
      const cart = await findCart(deps.db, request.params.id)
      shareWith(deps, request, reply, cart)
      return show(cart, reply.language().locale)
    },
  )

  app.patch(
    '/api/carts/:id',
    {
      config: limited,
      schema: {
        operationId: 'changeCart',
        summary: 'Replace the lines of a cart',
        params: CartParams,
        body: CartChange,
        response: { 200: CartView, ...problems(NotFound) },
      },
    },
    async (request, reply) => {
      const cart = await findCart(deps.db, request.params.id)
      shareWith(deps, request, reply, cart)
      return show(await changeCart(deps.db, cart, request.body.lines), reply.language().locale)
    },
  )

  app.post(
    '/api/checkout/sessions',
    {
      config: limited,
      schema: {
        tags: ['Checkout sessions'],
        operationId: 'openCheckout',
        summary: 'Open a checkout for a cart',
        description: 'For the shop’s own pages. Redirects must be on an origin that the store lists.',
        body: NewSession,
        response: {
          201: SessionView,
          ...problems(NotFound, StoreNotConnected, NothingToPay, AmountOutOfRange),
        },
      },
    },
    async (request, reply) => {
      const { origin } = request.headers
      const session = await openCheckout(deps, origin, request.body, request.ip)
      if (origin !== undefined) reply.headers({ vary: 'origin', 'access-control-allow-origin': origin })
      reply.code(201)
      return session
    },
  )

  app.get(
    '/stripe/status/:store_id',
    {
      schema: {
        tags: ['Stores'],
        operationId: 'getPublicStatus',
        summary: 'Ask whether a store takes payments',
        description: 'Public. An unknown store answers like one that is not connected.',
        params: z.object({ store_id: z.string().max(100) }),
        response: { 200: PublicStatus },
      },
    },
    async request => {
      const { store_id } = request.params
      const id = readId(store_id)
      const status = id ? await stripeStatus(deps.db, null, id) : undefined
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
