import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problems, underNoun } from '../lib/contract.ts'
import { BadInput, NotFound } from '../lib/problem.ts'
import {
  deleteEndpoint,
  findEndpoint,
  listEndpoints,
  rollSecret,
  saveEndpoint,
} from '../notifications/endpoints.ts'
import { listNotifications, replayNotifications } from '../notifications/replay.ts'
import {
  EndpointId,
  EndpointInput,
  EndpointView,
  NotificationQuery,
  NotificationView,
  Replay,
  Replayed,
  SecretView,
} from '../notifications/schemas.ts'
import { actorOf, type InternalOptions, StoreParams } from './caller.ts'

const EndpointParams = StoreParams.extend({ endpoint_id: EndpointId })

/** Where a partner is told what happened, and what it was told. */
export const internalNotifications: FastifyPluginAsyncZod<InternalOptions> = async (
  app,
  { deps, withStore },
) => {
  underNoun(app, 'Notifications')
  const common = { config: { scope: 'notifications' }, preHandler: withStore } as const
  const one = '/stores/:store_id/notification-endpoints/:endpoint_id'
  type Params = { store_id: string; endpoint_id: string }
  const placeOf = (request: { store: { id: string }; params: Params }) => ({
    store_id: request.store.id,
    id: request.params.endpoint_id,
  })

  app.get(
    '/stores/:store_id/notification-endpoints',
    {
      ...common,
      schema: {
        operationId: 'listNotificationEndpoints',
        summary: 'List where notifications of a store go',
        params: StoreParams,
        response: { 200: z.object({ data: z.array(EndpointView) }), ...problems(NotFound) },
      },
    },
    async request => ({ data: await listEndpoints(deps.db, request.store.id) }),
  )

  app.put(
    one,
    {
      ...common,
      schema: {
        operationId: 'saveNotificationEndpoint',
        summary: 'Set where notifications go',
        description:
          'Signed as https://www.standardwebhooks.com says, sent again for three days until you answer 2xx. The ' +
          'answer to the first PUT holds the secret, this once.',
        params: EndpointParams,
        body: EndpointInput,
        response: { 200: EndpointView, ...problems(NotFound, BadInput) },
      },
    },
    async request => saveEndpoint(deps, placeOf(request), request.body, actorOf(request)),
  )

  app.get(
    one,
    {
      ...common,
      schema: {
        operationId: 'getNotificationEndpoint',
        summary: 'Read a notification endpoint',
        params: EndpointParams,
        response: { 200: EndpointView, ...problems(NotFound) },
      },
    },
    async request => findEndpoint(deps.db, placeOf(request)),
  )

  app.delete(
    one,
    {
      ...common,
      schema: {
        operationId: 'deleteNotificationEndpoint',
        summary: 'Stop notifications',
        params: EndpointParams,
        response: { 204: z.null(), ...problems(NotFound) },
      },
    },
    async (request, reply) => {
      await deleteEndpoint(deps, placeOf(request), actorOf(request))
      return reply.code(204).send(null)
    },
  )

  app.post(
    `${one}/secret`,
    {
      ...common,
      schema: {
        operationId: 'rollNotificationSecret',
        summary: 'Roll the secret of a notification endpoint',
        description: 'For a day both secrets sign, so that nothing is refused while you change over.',
        params: EndpointParams,
        response: { 201: SecretView, ...problems(NotFound) },
      },
    },
    async (request, reply) => {
      reply.code(201)
      return rollSecret(deps, placeOf(request), actorOf(request))
    },
  )

  app.get(
    `${one}/notifications`,
    {
      ...common,
      schema: {
        operationId: 'listNotifications',
        summary: 'List what an endpoint was sent',
        description: 'Newest first; kept for 30 days.',
        params: EndpointParams,
        querystring: NotificationQuery,
        response: {
          200: z.object({ data: z.array(NotificationView), next_cursor: z.string().nullable() }),
          ...problems(NotFound),
        },
      },
    },
    async request => listNotifications(deps.db, placeOf(request), request.query),
  )

  app.post(
    `${one}/replay`,
    {
      ...common,
      schema: {
        operationId: 'replayNotifications',
        summary: 'Send notifications again',
        description: 'One by its id, or all since a moment. They keep their ids.',
        params: EndpointParams,
        body: Replay,
        response: { 202: Replayed, ...problems(NotFound, BadInput) },
      },
    },
    async (request, reply) => {
      reply.code(202)
      return replayNotifications(deps.db, placeOf(request), request.body, actorOf(request))
    },
  )
}
