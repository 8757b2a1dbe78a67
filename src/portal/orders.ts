import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import { NotFound } from '../lib/problem.ts'
import { Uuid } from '../lib/wire.ts'
import { findOrder, type ListedOrder, listOrders } from '../orders/orders.ts'
import { OrderStatusName } from '../orders/schemas.ts'
import { listQuarantined } from '../webhooks/quarantine.ts'
import { portalPage } from './page.ts'
import { SOURCE, STATUS } from './words.ts'

const Query = z.object({
  status: OrderStatusName.optional().catch(undefined),
  cursor: Uuid.optional().catch(undefined),
})

const FILTERS = ['paid', 'pending', 'processing', 'failed', 'refunded', 'expired'] as const
const PAGE = 25

/** The store's orders and what became of each. */
export const orderRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps

  app.get('/orders', { schema: { querystring: Query } }, async (request, reply) => {
    const { status, cursor } = request.query
    const [{ data, next_cursor }, quarantined] = await Promise.all([
      listOrders(db, request.store, { status, cursor, limit: PAGE }),
      listQuarantined(db, request.store.id),
    ])
    return portalPage(request, reply, 'orders', 'orders', {
      title: 'Orders',
      status,
      filters: FILTERS.map(name => ({ status: name, text: STATUS[name].text })),
      orders: data.map(orderRow),
      quarantined: quarantined.length,
      first: cursor === undefined,
      next_cursor,
    })
  })

  app.get(
    '/orders/:order_id',
    { schema: { params: z.object({ order_id: z.string().max(100) }) } },
    async (request, reply) => {
      const id = Uuid.safeParse(request.params.order_id)
      if (!id.success) throw new NotFound()
      const order = await findOrder(db, request.store, id.data)
      const money = (amount: number) => formatMoney({ amount, currency: order.currency }, 'en')
      return portalPage(request, reply, 'orders', 'order', {
        title: `Order ${order.confirmation_code}`,
        order: orderRow(order),
        refunded: order.amount_refunded > 0 ? money(order.amount_refunded) : undefined,
        lines: order.lines.map(line => ({
          name: line.name,
          quantity: line.quantity,
          unit: money(line.unit_amount),
          total: money(line.amount),
        })),
        reference: order.reference,
        payment_intent: order.payment_intent,
        metadata: Object.entries(order.metadata),
        failure: order.failure?.decline_code ?? order.failure?.code,
        timeline: [
          { at: order.created_at.toISOString(), status: 'pending', text: 'Checkout opened', source: '' },
          ...order.timeline.map(({ at, status, source }) => ({
            at: at.toISOString(),
            status,
            text: STATUS[status].text,
            source: SOURCE[source],
          })),
        ],
      })
    },
  )
}

/** An order as a row of a list. */
export const orderRow = (order: ListedOrder) => ({
  id: order.id,
  code: order.confirmation_code,
  mode: order.mode,
  status: order.status,
  status_text: STATUS[order.status].text,
  tone: STATUS[order.status].tone,
  disputed: order.disputed,
  amount: formatMoney(order, 'en'),
  customer: order.customer_email,
  at: order.created_at.toISOString(),
})
