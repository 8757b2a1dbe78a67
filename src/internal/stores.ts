import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problems, underNoun } from '../lib/contract.ts'
import { readId } from '../lib/ids.ts'
import { NotFound } from '../lib/problem.ts'
import { ownerReplacedMessage, WORTH_SENDING } from '../notifications/owner-letters.ts'
import { createPortalLink } from '../owners/links.ts'
import { NewPortalLink } from '../owners/schemas.ts'
import { NotConnectedInMode } from '../stores/endpoints.ts'
import { createConnectLink } from '../stores/links.ts'
import {
  ConnectionChange,
  ConnectionView,
  LinkView,
  NewConnectLink,
  NewStore,
  StoreChange,
  StoreView,
  StripeStatus,
} from '../stores/schemas.ts'
import { stripeStatus } from '../stores/status.ts'
import { changeStore, createStore, StoreIdTaken } from '../stores/stores.ts'
import { keepTaxed, StripeTaxNotReady } from '../stores/taxes.ts'
import { reportAllEvents } from '../stores/upkeep.ts'
import { actorOf, type InternalOptions, StoreParams } from './caller.ts'

/** Stores, how they stand with Stripe, and the links a partner hands to their owners. */
export const internalStores: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  const { db, config, mail } = deps
  const scoped = { scope: 'stores' } as const
  underNoun(app, 'Stores')

  app.get(
    '/stores/:store_id/stripe-status',
    {
      config: scoped,
      schema: {
        operationId: 'getStripeStatus',
        summary: 'Ask how a store stands with Stripe',
        description:
          'Both modes side by side: what is connected, whether its webhook is proven, what is wrong.',
        params: StoreParams,
        response: { 200: StripeStatus, ...problems(NotFound) },
      },
    },
    async request => {
      const { store_id } = request.params
      const known = readId(store_id) !== undefined
      const status = known ? await stripeStatus(db, request.caller.partner_id, store_id) : undefined
      if (!status) throw new NotFound('There is no such store.')
      return status
    },
  )

  app.post(
    '/stores',
    {
      config: scoped,
      schema: {
        operationId: 'createStore',
        summary: 'Create a store',
        description:
          'Give it an `id` of your own to make this safe to repeat: the same id answers the same store.',
        body: NewStore,
        response: { 200: StoreView, 201: StoreView, ...problems(StoreIdTaken) },
      },
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
      config: scoped,
      schema: {
        operationId: 'getStore',
        summary: 'Read a store',
        params: StoreParams,
        response: { 200: StoreView, ...problems(NotFound) },
      },
      preHandler: withStore,
    },
    async request => request.store,
  )

  app.patch(
    '/stores/:store_id',
    {
      config: scoped,
      schema: {
        operationId: 'changeStore',
        summary: 'Change a store',
        description:
          'What is left out stays; `null` empties. `mode` decides whether test or live keys take payments.',
        params: StoreParams,
        body: StoreChange,
        response: { 200: StoreView, ...problems(NotFound, StripeTaxNotReady) },
      },
      preHandler: withStore,
    },
    async request => {
      await keepTaxed(deps, request.store, request.body.mode)
      const store = await changeStore(db, config, request.store, request.body, actorOf(request))
      // Whoever knows a partner's secret could make a store theirs this way: the owner before hears of it.
      if (store.owner_email !== request.store.owner_email) {
        const letter = ownerReplacedMessage(store, request.store.owner_email)
        await mail.post(db, letter, WORTH_SENDING, { store_id: store.id, kind: 'owner_replaced' })
        mail.wake()
      }
      return store
    },
  )

  app.patch(
    '/stores/:store_id/connections/:mode',
    {
      config: scoped,
      schema: {
        operationId: 'changeConnection',
        summary: 'Choose which events Stripe reports',
        description:
          'With `all_events` the endpoint that we registered is told of everything that happens in the account, for the mirror. Stripe is told at once, or by the daily check when it does not answer.',
        params: StoreParams.extend({ mode: z.enum(['test', 'live']) }),
        body: ConnectionChange,
        response: { 200: ConnectionView, ...problems(NotFound, NotConnectedInMode) },
      },
      preHandler: withStore,
    },
    async request => {
      const { store, body } = request
      const { mode } = request.params
      await reportAllEvents(deps, store.id, mode, body.all_events, actorOf(request))
      const status = await stripeStatus(db, request.caller.partner_id, store.id)
      return status!.modes[mode]
    },
  )

  app.post(
    '/stores/:store_id/connect-links',
    {
      config: scoped,
      schema: {
        operationId: 'createConnectLink',
        summary: 'Link an owner to the connect form',
        description: 'Whoever holds the link may connect this store, once, within 30 minutes.',
        params: StoreParams,
        body: NewConnectLink,
        response: { 201: LinkView, ...problems(NotFound) },
      },
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
      schema: {
        operationId: 'createPortalLink',
        summary: 'Link an owner to the portal',
        description: 'Signs the owner in, once; `path` is the page of the store to open.',
        params: StoreParams,
        body: NewPortalLink,
        response: { 201: LinkView, ...problems(NotFound) },
      },
      preHandler: withStore,
    },
    async (request, reply) => {
      reply.code(201)
      return createPortalLink(deps, request.store, request.body.path, actorOf(request))
    },
  )
}
