import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import type { ListedOrder } from '../orders/orders.ts'
import { everyOrder, searchOrders } from '../orders/search.ts'
import { listQuarantined } from '../webhooks/quarantine.ts'
import { livePart } from './live.ts'
import { addressOf, FilterQuery, filterOf } from './order-filter.ts'
import { csvOf } from './orders-csv.ts'
import { portalPage } from './page.ts'
import { STATUS } from './words.ts'

const CHIPS = [
  'paid',
  'pending',
  'processing',
  'failed',
  'refunded',
  'partially_refunded',
  'expired',
] as const
const PAGE = 25

type Asked = z.output<typeof FilterQuery>

/** The store's orders: searched, narrowed down, kept up to date, and taken along as a file. */
export const orderRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps
  const schema = { querystring: FilterQuery }

  async function listOf({ store, query }: FastifyRequest & { query: Asked }) {
    const page = { cursor: query.cursor, limit: PAGE }
    const { data, next_cursor } = await searchOrders(db, store, filterOf(query), page)
    return { orders: data.map(orderRow), next_cursor, filtered: addressOf(query) !== '' }
  }

  app.get('/orders', { schema }, async (request, reply) => {
    const { query, store } = request
    const [list, quarantined] = await Promise.all([listOf(request), listQuarantined(db, store.id)])
    return portalPage(request, reply, 'orders', 'orders', {
      title: 'Orders',
      ...list,
      asked: query,
      more: [query.mode, query.from, query.to, query.disputed].some(Boolean),
      chips: [undefined, ...CHIPS].map(status => ({
        text: status ? STATUS[status].text : 'All',
        query: addressOf(query, { status }),
        current: status === query.status,
      })),
      query: addressOf(query),
      quarantined: quarantined.length,
      first: query.cursor === undefined,
    })
  })

  app.get('/orders/live', { schema }, async (request, reply) =>
    livePart(request, reply, 'orders-list', await listOf(request)),
  )

  app.get(
    '/orders/export.csv',
    { schema, config: { rateLimit: { max: 20, timeWindow: '1 minute' } } },
    async (request, reply) => {
      const day = new Date().toISOString().slice(0, 10)
      reply.headers({
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="orders-${day}.csv"`,
        'cache-control': 'no-store',
      })
      return reply.send(Readable.from(csvOf(everyOrder(db, request.store, filterOf(request.query)))))
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
