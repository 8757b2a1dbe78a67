import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problems, underNoun } from '../lib/contract.ts'
import { BadInput, NotFound } from '../lib/problem.ts'
import { text } from '../lib/wire.ts'
import { findObject, listObjects } from '../mirror/read.ts'
import {
  ModeName,
  NewSync,
  ObjectPlace,
  ObjectQuery,
  ObjectView,
  objectView,
  StorageView,
  SyncView,
} from '../mirror/schemas.ts'
import { syncOf } from '../mirror/status.ts'
import { storageOf } from '../mirror/storage.ts'
import { startSync } from '../mirror/sync.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { actorOf, type InternalOptions, StoreParams } from './caller.ts'

const TypeParams = StoreParams.extend({
  type: text(255).meta({ examples: ['charge'] }),
})
const ObjectParams = TypeParams.extend({ object_id: text(255) })

/** The mirror of a store's Stripe data, and how it is filled. */
export const internalMirror: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  const scoped = { scope: 'mirror' } as const
  underNoun(app, 'Stripe data')

  app.get(
    '/stores/:store_id/stripe',
    {
      config: scoped,
      schema: {
        operationId: 'getStripeStorage',
        summary: 'Count what the mirror has',
        params: StoreParams,
        response: { 200: StorageView, ...problems(NotFound) },
      },
      preHandler: withStore,
    },
    async request => storageOf(deps.db, request.store.id),
  )

  app.get(
    '/stores/:store_id/stripe/:type',
    {
      config: scoped,
      schema: {
        operationId: 'listStripeObjects',
        summary: 'List objects of a type',
        description: 'From the mirror, newest first. `type` is Stripe’s own name, such as `charge`.',
        params: TypeParams,
        querystring: ObjectQuery,
        response: {
          200: z.object({ data: z.array(ObjectView), next_cursor: z.string().nullable() }),
          ...problems(NotFound, BadInput),
        },
      },
      preHandler: withStore,
    },
    async request => {
      const { data, next_cursor } = await listObjects(
        deps.db,
        request.store,
        request.params.type,
        request.query,
      )
      return { data: data.map(objectView), next_cursor }
    },
  )

  app.get(
    '/stores/:store_id/stripe/:type/:object_id',
    {
      config: scoped,
      schema: {
        operationId: 'getStripeObject',
        summary: 'Read an object',
        params: ObjectParams,
        querystring: ObjectPlace,
        response: { 200: ObjectView, ...problems(NotFound) },
      },
      preHandler: withStore,
    },
    async ({ store, params, query }) =>
      objectView(await findObject(deps.db, store, params.type, params.object_id, query)),
  )

  app.post(
    '/stores/:store_id/sync',
    {
      config: scoped,
      schema: {
        operationId: 'startSync',
        summary: 'Fetch everything from Stripe',
        description:
          'Begins within a minute and goes on by itself, through restarts too. Asking again begins anew. What happens ' +
          'at Stripe from now on comes by its events anyway.',
        params: StoreParams,
        body: NewSync,
        response: { 202: SyncView, ...problems(NotFound, BadInput, StoreNotConnected) },
      },
      preHandler: withStore,
    },
    async (request, reply) => {
      const { mode = request.store.mode, types, since } = request.body
      const from = since === undefined || since === 'last' ? since : new Date(since)
      await startSync(deps, request.store, mode, { types, since: from }, actorOf(request))
      reply.code(202)
      return syncOf(deps.db, { store_id: request.store.id, mode })
    },
  )

  app.get(
    '/stores/:store_id/sync',
    {
      config: scoped,
      schema: {
        operationId: 'getSync',
        summary: 'Ask how far the fetching is',
        params: StoreParams,
        querystring: z.object({ mode: ModeName.optional() }),
        response: { 200: SyncView, ...problems(NotFound) },
      },
      preHandler: withStore,
    },
    async ({ store, query }) => syncOf(deps.db, { store_id: store.id, mode: query.mode ?? store.mode }),
  )
}
