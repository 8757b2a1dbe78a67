import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { Problem } from '../lib/problem.ts'
import { disconnectStore } from '../stores/connections.ts'
import { addPastedEndpoint } from '../stores/endpoints.ts'
import { readSigningSecret } from '../stores/keys.ts'
import { reportAllEvents } from '../stores/upkeep.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { ModeForm, paymentsModel } from './payments.ts'

const EventsForm = ModeForm.extend({ events: z.enum(['all', 'needed']) })
const WebhookForm = ModeForm.extend({ webhook_secret: z.string().max(2_000).default('') })

/** What an owner changes about a connection: the webhook secret set up by hand, and letting go of Stripe. */
export const connectionRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  app.post(
    '/payments/webhook',
    { config: CHANGES, schema: { body: WebhookForm } },
    async (request, reply) => {
      const { store, body } = request
      const refuse = async (detail: string) => {
        const model = { ...(await paymentsModel(deps, store)), webhook_mode: body.mode }
        return portalPage(
          request,
          reply,
          'payments',
          'payments',
          { ...model, errors: { webhook_secret: detail } },
          422,
        )
      }
      const read = readSigningSecret(body.webhook_secret)
      if ('detail' in read) return refuse(read.detail)
      try {
        await addPastedEndpoint(deps, store.id, body.mode, read.secret, actorOf(request))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return refuse(`${error.title}. Connect your keys first.`)
      }
      return back(request, reply, '/payments', 'webhook')
    },
  )

  app.post('/payments/events', { config: CHANGES, schema: { body: EventsForm } }, async (request, reply) => {
    const { mode, events } = request.body
    const found = await reportAllEvents(deps, request.store.id, mode, events === 'all', actorOf(request))
    return back(request, reply, '/payments', found === 'good' ? `events_${events}` : 'events_later')
  })

  app.get('/payments/disconnect', { schema: { querystring: ModeForm } }, async (request, reply) =>
    portalPage(request, reply, 'payments', 'disconnect', {
      title: 'Disconnect Stripe',
      mode: request.query.mode,
      takes_payments: request.store.mode === request.query.mode,
    }),
  )

  app.post(
    '/payments/disconnect',
    { config: CHANGES, schema: { body: ModeForm } },
    async (request, reply) => {
      const { store, body } = request
      await disconnectStore(deps, store.id, body.mode, actorOf(request))
      return back(request, reply, '/payments', 'disconnected')
    },
  )
}
