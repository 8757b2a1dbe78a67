import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DISCOUNT_PROBLEMS } from '../catalog/redemptions.ts'
import { problems, underNoun } from '../lib/contract.ts'
import { NotFound, Unavailable } from '../lib/problem.ts'
import { AlreadyPaid, cancelOrder, PaymentUnderWay } from '../orders/cancel.ts'
import { listChanges } from '../orders/changes.ts'
import { AmountOutOfRange, NothingToPay, openPartnerCheckout } from '../orders/open.ts'
import { OrderQuery, OrderView } from '../orders/order-schemas.ts'
import { listOrders } from '../orders/orders.ts'
import { NoShippingThere } from '../orders/reprice.ts'
import { NewPartnerSession, PartnerSessionView } from '../orders/session-schemas.ts'
import { WholeOrder, wholeOrder } from '../refunds/order.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { type InternalOptions, OrderParams, orderIdOf, StoreParams } from './caller.ts'

/** Checkouts that a partner opens, and what became of them. */
export const internalOrders: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  underNoun(app, 'Orders')

  app.post(
    '/stores/:store_id/checkout-sessions',
    {
      config: { scope: 'checkout' },
      schema: {
        tags: ['Checkout sessions'],
        operationId: 'createCheckoutSession',
        summary: 'Open a checkout',
        description: 'Lines of the catalogue, lines of your own, or a cart. Send the shopper to `url`.',
        params: StoreParams,
        body: NewPartnerSession,
        response: {
          201: PartnerSessionView,
          ...problems(
            NotFound,
            StoreNotConnected,
            NothingToPay,
            AmountOutOfRange,
            NoShippingThere,
            ...DISCOUNT_PROBLEMS,
          ),
        },
      },
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
        operationId: 'listOrders',
        summary: 'List orders',
        description: 'Newest first. Pass `next_cursor` as `cursor` for the next page; `null` is the end.',
        params: StoreParams,
        querystring: OrderQuery,
        response: {
          200: z.object({ data: z.array(OrderView), next_cursor: z.string().nullable() }),
          ...problems(NotFound),
        },
      },
      preHandler: withStore,
    },
    async request => {
      const { query, store } = request
      const changes = query.updated_since !== undefined || query.cursor?.includes('_')
      return changes ? listChanges(deps.db, store, query) : listOrders(deps.db, store, query)
    },
  )

  app.get(
    '/stores/:store_id/orders/:order_id',
    {
      config: { scope: 'orders' },
      schema: {
        operationId: 'getOrder',
        summary: 'Read an order with its timeline',
        params: OrderParams,
        response: { 200: WholeOrder, ...problems(NotFound) },
      },
      preHandler: withStore,
    },
    async request => wholeOrder(deps.db, request.store, orderIdOf(request.params)),
  )

  app.post(
    '/stores/:store_id/orders/:order_id/cancel',
    {
      config: { scope: 'orders' },
      schema: {
        operationId: 'cancelOrder',
        summary: 'Cancel an order that is not paid',
        description:
          'Ends its checkout and cancels what could still be paid at Stripe. Cancelling twice is cancelling once.',
        params: OrderParams,
        response: {
          200: WholeOrder,
          ...problems(NotFound, AlreadyPaid, PaymentUnderWay, StoreNotConnected, Unavailable),
        },
      },
      preHandler: withStore,
    },
    async request => {
      const { id } = await cancelOrder(deps, request.store, orderIdOf(request.params))
      return wholeOrder(deps.db, request.store, id)
    },
  )
}
