import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { NotFound } from '../lib/problem.ts'
import { createPortalLink } from '../owners/links.ts'
import { NewPortalLink } from '../owners/schemas.ts'
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
import { actorOf, type InternalOptions, StoreParams } from './caller.ts'

/** Stores, how they stand with Stripe, and the links a partner hands to their owners. */
export const internalStores: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  const { db, config } = deps
  const scoped = { scope: 'stores' } as const

  app.get(
    '/stores/:store_id/stripe-status',
    { config: scoped, schema: { params: StoreParams, response: { 200: StripeStatus } } },
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
    { config: scoped, schema: { body: NewStore, response: { 200: StoreView, 201: StoreView } } },
    async (request, reply) => {
      const { store, created } = await createStore(db, config, request.caller.partner_id, request.body)
      reply.code(created ? 201 : 200)
      return store
    },
  )

  app.get(
    '/stores/:store_id',
    {
      config: scoped,
      schema: { params: StoreParams, response: { 200: StoreView } },
      preHandler: withStore,
    },
    async request => request.store,
  )

  app.patch(
    '/stores/:store_id',
    {
      config: scoped,
      schema: { params: StoreParams, body: StoreChange, response: { 200: StoreView } },
      preHandler: withStore,
    },
    async request => changeStore(db, config, request.store, request.body, actorOf(request)),
  )

  app.post(
    '/stores/:store_id/connect-links',
    {
      config: scoped,
      schema: { params: StoreParams, body: NewConnectLink, response: { 201: LinkView } },
      preHandler: withStore,
    },
    async (request, reply) => {
      reply.code(201)
      return createConnectLink(deps, request.store, request.body.return_url)
    },
  )

  app.post(
    '/stores/:store_id/portal-links',
    {
      config: scoped,
      schema: { params: StoreParams, body: NewPortalLink, response: { 201: LinkView } },
      preHandler: withStore,
    },
    async (request, reply) => {
      reply.code(201)
      return createPortalLink(deps, request.store, request.body.path, actorOf(request))
    },
  )
}
