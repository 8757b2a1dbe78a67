import type { FastifyPluginAsync } from 'fastify'
import { listProducts } from '../catalog/catalog.ts'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import { dailyTakings, type Takings } from '../orders/figures.ts'
import { openPartnerCheckout } from '../orders/open.ts'
import { listOrders } from '../orders/orders.ts'
import { stripeStatus } from '../stores/status.ts'
import type { Store } from '../stores/table.ts'
import { CHANGES } from './guard.ts'
import { orderRow } from './orders.ts'
import { back, portalPage } from './page.ts'

const DAYS = 30

/** How the store is doing, and what is left to do before it can sell. */
export const overviewRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  const { db, config } = deps

  app.get('/', async (request, reply) => {
    const { store } = request
    const [status, products, orders, takings] = await Promise.all([
      stripeStatus(db, null, store.id),
      listProducts(db, store, { limit: 1 }),
      listOrders(db, store, { limit: 5 }),
      dailyTakings(db, store, DAYS),
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
        payment: takings.some(({ orders }) => orders > 0) || orders.data.some(({ paid_at }) => paid_at),
      },
      can_demo: connected && store.mode === 'test' && products.data.length > 0,
      orders: orders.data.map(orderRow),
      chart: chartOf(takings, store),
    })
  })

  // Test mode only: the merchant sees the checkout as a shopper does, with a product of their own.
  app.post('/demo-checkout', { config: CHANGES }, async (request, reply) => {
    const { store } = request
    const { data } = await listProducts(db, store, { limit: 100 })
    const product = data.find(({ active, price }) => active && price > 0)
    if (store.mode !== 'test' || !product) return back(request, reply, '', 'no_demo')
    const home = `${config.publicUrl}/portal/${store.id}/orders`
    const { url } = await openPartnerCheckout(deps, store, {
      line_items: [{ product_id: product.id, quantity: 1 }],
      success_url: home,
      cancel_url: home,
      ui: 'hosted',
      reference: 'Demo checkout',
    })
    return reply.redirect(url, 303)
  })
}

/** Bars in a box of 100 units of height, with the words for those who do not see them. */
function chartOf(takings: Takings[], { currency }: Store) {
  const most = Math.max(...takings.map(({ amount }) => amount), 1)
  const money = (amount: number) => formatMoney({ amount, currency }, 'en')
  return {
    bars: takings.map(({ day, amount, orders }) => ({
      day,
      amount: money(amount),
      orders,
      height: amount > 0 ? Math.max(Math.round((amount / most) * 100), 2) : 0,
    })),
    total: money(takings.reduce((sum, { amount }) => sum + amount, 0)),
    orders: takings.reduce((sum, { orders }) => sum + orders, 0),
    most: money(most === 1 ? 0 : most),
  }
}
