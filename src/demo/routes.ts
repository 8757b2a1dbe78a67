import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { createCart } from '../catalog/carts.ts'
import type { Deps } from '../deps.ts'
import { pageErrors } from '../lib/pages.ts'
import { NotFound } from '../lib/problem.ts'
import { openCheckout } from '../orders/open.ts'
import { createConnectLink } from '../stores/links.ts'
import { findStore } from '../stores/stores.ts'
import { DEMO_STORE, OPEN_STORE } from './demo.ts'
import { shopPage } from './shop.ts'

type Options = { deps: Deps; asset: (path: string) => string }

/** Shortcuts of the demo, which stand in for a partner's own pages. Not there in production. */
export const demoRoutes: FastifyPluginAsyncZod<Options> = async (app, { deps, asset }) => {
  pageErrors(app)

  app.get(
    '/demo/shop',
    { schema: { querystring: z.object({ store: z.enum([DEMO_STORE, OPEN_STORE]).default(DEMO_STORE) }) } },
    async (request, reply) => {
      const [first, second] = await Promise.all([DEMO_STORE, OPEN_STORE].map(id => findStore(deps.db, id)))
      if (!first || !second) throw new NotFound()
      return request.query.store === OPEN_STORE
        ? shopPage(deps, reply, second, first)
        : shopPage(deps, reply, first, second)
    },
  )

  // A product's picture has an address for good; an asset's changes with its content.
  app.get(
    '/demo/pictures/:name',
    { schema: { params: z.object({ name: z.string().regex(/^[a-z]{1,20}\.svg$/) }) } },
    (request, reply) => reply.redirect(asset(`demo/${request.params.name}`), 302),
  )

  app.get('/demo/order', async (_request, reply) => {
    const cart = await createCart(deps.db, DEMO_STORE, [
      { product_id: 'mug', quantity: 2 },
      { product_id: 'beans', quantity: 1 },
    ])
    const session = await openCheckout(deps, undefined, { cart_id: cart.id })
    return reply.redirect(session.url, 303)
  })

  app.get(
    '/demo/connect',
    { schema: { querystring: z.object({ store_id: z.guid().default(OPEN_STORE) }) } },
    async (request, reply) => {
      const store = await findStore(deps.db, request.query.store_id)
      if (!store) throw new NotFound()
      const { url } = await createConnectLink(deps, store, undefined)
      return reply.redirect(url, 303)
    },
  )
}
