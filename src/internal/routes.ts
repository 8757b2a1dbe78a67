import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { deleteProduct, findProduct, saveProduct } from '../catalog/catalog.ts'
import { ProductId, ProductInput, ProductView } from '../catalog/schemas.ts'
import type { Deps } from '../deps.ts'
import { NotFound } from '../lib/problem.ts'
import { problemErrors } from '../lib/scopes.ts'
import { Uuid } from '../lib/wire.ts'
import { openPartnerCheckout } from '../orders/open.ts'
import { findOrder, listOrders } from '../orders/orders.ts'
import {
  NewPartnerSession,
  OrderDetail,
  OrderQuery,
  OrderView,
  PartnerSessionView,
} from '../orders/schemas.ts'
import { createConnectLink } from '../stores/links.ts'
import {
  LinkView,
  NewConnectLink,
  NewStore,
  StoreChange,
  StoreView,
  StripeStatus,
} from '../stores/schemas.ts'
import { stripeStatus } from '../stores/status.ts'
import { changeStore, createStore } from '../stores/stores.ts'
import { guardInternal } from './caller.ts'

const StoreParams = z.object({ store_id: z.string() })
const ProductParams = StoreParams.extend({ product_id: ProductId })
const OrderParams = StoreParams.extend({ order_id: z.string().max(100) })

/** What partner platforms call with their `X-Internal-Secret`. */
export const internalRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db, config } = deps
  problemErrors(app)
  const withStore = guardInternal(app, deps)

  app.get(
    '/stores/:store_id/stripe-status',
    { config: { scope: 'stores' }, schema: { params: StoreParams, response: { 200: StripeStatus } } },
    async request => {
      const { store_id } = request.params
      const known = z.guid().safeParse(store_id).success
      const status = known ? await stripeStatus(db, request.caller.partner_id, store_id) : undefined
      if (!status) throw new NotFound('There is no such store.')
      return status
    },
  )

  app.post(
    '/stores',
    {
      config: { scope: 'stores' },
      schema: { body: NewStore, response: { 200: StoreView, 201: StoreView } },
    },
    async (request, reply) => {
      const { store, created } = await createStore(db, config, request.caller.partner_id, request.body)
      reply.code(created ? 201 : 200)
      return store
    },
  )

  app.get(
    '/stores/:store_id',
    {
      config: { scope: 'stores' },
      schema: { params: StoreParams, response: { 200: StoreView } },
      preHandler: withStore,
    },
    async request => request.store,
  )

  app.patch(
    '/stores/:store_id',
    {
      config: { scope: 'stores' },
      schema: { params: StoreParams, body: StoreChange, response: { 200: StoreView } },
      preHandler: withStore,
    },
    async request => changeStore(db, config, request.store, request.body),
  )

  app.post(
    '/stores/:store_id/connect-links',
    {
      config: { scope: 'stores' },
      schema: { params: StoreParams, body: NewConnectLink, response: { 201: LinkView } },
      preHandler: withStore,
    },
    async (request, reply) => {
      reply.code(201)
      return createConnectLink(deps, request.store, request.body.return_url)
    },
  )

  app.put(
    '/stores/:store_id/products/:product_id',
    {
      config: { scope: 'catalog' },
      schema: { params: ProductParams, body: ProductInput, response: { 200: ProductView } },
      preHandler: withStore,
    },
    async request => saveProduct(db, request.store, request.params.product_id, request.body),
  )

  app.get(
    '/stores/:store_id/products/:product_id',
    {
      config: { scope: 'catalog' },
      schema: { params: ProductParams, response: { 200: ProductView } },
      preHandler: withStore,
    },
    async request => {
      const product = await findProduct(db, request.store, request.params.product_id)
      if (!product) throw new NotFound('There is no such product.')
      return product
    },
  )

  app.delete(
    '/stores/:store_id/products/:product_id',
    {
      config: { scope: 'catalog' },
      schema: { params: ProductParams, response: { 204: z.null() } },
      preHandler: withStore,
    },
    async (request, reply) => {
      if (!(await deleteProduct(db, request.store, request.params.product_id))) {
        throw new NotFound('There is no such product.')
      }
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/stores/:store_id/checkout-sessions',
    {
      config: { scope: 'checkout' },
      schema: { params: StoreParams, body: NewPartnerSession, response: { 201: PartnerSessionView } },
      preHandler: withStore,
    },
    async (request, reply) => {
      reply.code(201)
      return openPartnerCheckout(deps, request.store, request.body)
    },
  )

  app.get(
    '/stores/:store_id/orders',
    {
      config: { scope: 'orders' },
      schema: {
        params: StoreParams,
        querystring: OrderQuery,
        response: { 200: z.object({ data: z.array(OrderView), next_cursor: z.string().nullable() }) },
      },
      preHandler: withStore,
    },
    async request => listOrders(db, request.store, request.query),
  )

  app.get(
    '/stores/:store_id/orders/:order_id',
    {
      config: { scope: 'orders' },
      schema: { params: OrderParams, response: { 200: OrderDetail } },
      preHandler: withStore,
    },
    async request => {
      const id = Uuid.safeParse(request.params.order_id)
      if (!id.success) throw new NotFound('There is no such order.')
      return findOrder(db, request.store, id.data)
    },
  )
}
