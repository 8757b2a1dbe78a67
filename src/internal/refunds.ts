import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problems, underNoun } from '../lib/contract.ts'
import { BadInput, NotFound } from '../lib/problem.ts'
import { shareOrder } from '../marketplace/sharing.ts'
import { RefundRefused } from '../refunds/ask.ts'
import { IdempotencyKeyReused, issueRefund, NothingLeftToRefund, OrderNotPaid } from '../refunds/refunds.ts'
import { NewRefund, RefundView } from '../refunds/schemas.ts'
import { actorOf, type InternalOptions, OrderParams, orderIdOf } from './caller.ts'

const Headers = z.object({
  'idempotency-key': z.string().min(1).max(255).optional().meta({
    description: 'Asking again with the same key answers the same refund',
  }),
})

/** Giving money back. */
export const internalRefunds: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  underNoun(app, 'Refunds')

  app.post(
    '/stores/:store_id/orders/:order_id/refunds',
    {
      config: { scope: 'refunds' },
      schema: {
        operationId: 'createRefund',
        summary: 'Refund an order, in full or in part',
        description:
          'Never more than was paid, however many ask at once. `pending` says that Stripe or the bank is not through ' +
          'yet; the order, and a notification, tell how it ended.',
        params: OrderParams,
        headers: Headers,
        body: NewRefund,
        response: {
          201: RefundView,
          ...problems(
            NotFound,
            BadInput,
            OrderNotPaid,
            NothingLeftToRefund,
            IdempotencyKeyReused,
            RefundRefused,
          ),
        },
      },
      preHandler: withStore,
    },
    async (request, reply) => {
      const id = orderIdOf(request.params)
      reply.code(201)
      const refund = await issueRefund(deps, request.store, id, request.body, {
        actor: actorOf(request),
        idempotencyKey: request.headers['idempotency-key'],
      })
      await shareOrder(deps, { store_id: request.store.id, id })
      return refund
    },
  )
}
