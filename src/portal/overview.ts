import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { listProducts } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { openPartnerCheckout } from '../orders/open.ts'
import { listOrders } from '../orders/orders.ts'
import { stripeStatus } from '../stores/status.ts'
import { BusinessQuery, businessOf } from './business.ts'
import { CHANGES } from './guard.ts'
import { orderRow } from './orders.ts'
import { back, portalPage } from './page.ts'
import { undeliveredOf } from './undelivered.ts'

/** How the store is doing, and what is left to do before it can sell. */
export const overviewRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db, config } = deps

  app.get('/', { schema: { querystring: BusinessQuery } }, async (request, reply) => {
    const { store } = request
    const [status, products, orders, business, { undelivered, more_undelivered }] = await Promise.all([
      stripeStatus(db, null, store.id),
      listProducts(db, store, { limit: 1 }),
      listOrders(db, store, { limit: 5 }),
      businessOf(db, store, request.query),
      undeliveredOf(db, store),
    ])
    const now = status?.modes[store.mode]
    const connected = now?.connected ?? false
    return portalPage(request, reply, 'overview', 'overview', {
      title: 'Overview',
      steps: {
        connected,
        rejected: !connected && now?.account_id != null,
        webhook: now?.webhook ?? 'missing',
        product: products.data.length > 0,
        payment: business.sums.orders > 0 || orders.data.some(({ paid_at }) => paid_at),
      },
      can_demo: connected && store.mode === 'test' && products.data.length > 0,
      orders: orders.data.map(orderRow),
      business,
      undelivered: undelivered.length,
      more_undelivered,
    })
  })

  // Test mode only: the merchant sees the checkout as a shopper does, with a product of their own.
  app.post('/demo-checkout', { config: CHANGES }, async (request, reply) => {
    const { store } = request
    const { data } = await listProducts(db, store, { limit: 100 })
    const [line] = data.flatMap(saleable)
    if (store.mode !== 'test' || !line) return back(request, reply, '', 'no_demo')
    const home = `${config.publicUrl}/portal/${store.id}/orders`
    const { url } = await openPartnerCheckout(deps, store, {
      line_items: [{ ...line, quantity: 1 }],
      success_url: home,
      cancel_url: home,
      ui: 'hosted',
      reference: 'Demo checkout',
    })
    return reply.redirect(url, 303)
  })
}

type Product = Awaited<ReturnType<typeof listProducts>>['data'][number]

/** What a checkout can sell of a product: itself, or its variants. */
function saleable({
  id,
  active,
  variants,
  ...plain
}: Product): { product_id: string; variant_id?: string }[] {
  if (!active) return []
  const sold = ({ price, available }: { price: number; available: number | null }) =>
    price > 0 && available !== 0
  if (variants.length === 0) return sold(plain) ? [{ product_id: id }] : []
  return variants
    .filter(one => one.active && sold({ ...one, price: one.price ?? plain.price }))
    .map(one => ({ product_id: id, variant_id: one.id }))
}
