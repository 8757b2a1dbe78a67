import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { Uuid } from '../lib/wire.ts'
import { findEndpoint, listEndpoints } from '../notifications/endpoints.ts'
import { countGivenUp, listNotifications, replayNotifications } from '../notifications/replay.ts'
import { EndpointId } from '../notifications/schemas.ts'
import type { NotificationEndpoint } from '../notifications/table.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { undeliveredOf } from './undelivered.ts'

const EndpointParams = z.object({ endpoint_id: EndpointId })
const State = z.enum(['waiting', 'delivered', 'given_up'])
const ListQuery = z.object({
  state: State.optional().catch(undefined),
  cursor: Uuid.optional().catch(undefined),
})
const ReplayForm = z.union([z.object({ id: Uuid }), z.object({ since: z.iso.date() })])

const PAGE = 25

const STATES = {
  waiting: { text: 'On its way', tone: 'note' },
  delivered: { text: 'Delivered', tone: 'good' },
  given_up: { text: 'Given up', tone: 'bad' },
} as const

/**
 * What platforms and people were told, and what could not be delivered. Where a platform is told belongs to the
 * platform: the owner sees it, and has things sent again, but changes nothing about it and sees no secret.
 */
export const deliveryRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps

  app.get('/deliveries', async (request, reply) => {
    const { store } = request
    const [endpoints, given_up, undelivered] = await Promise.all([
      listEndpoints(db, store.id),
      countGivenUp(db, store.id),
      undeliveredOf(db, store),
    ])
    return portalPage(request, reply, 'deliveries', 'deliveries', {
      title: 'Deliveries',
      endpoints: endpoints.map(endpoint => ({
        ...shownEndpoint(endpoint),
        given_up: given_up.get(endpoint.id),
      })),
      ...undelivered,
    })
  })

  app.get(
    '/deliveries/endpoints/:endpoint_id',
    { schema: { params: EndpointParams, querystring: ListQuery } },
    async (request, reply) => {
      const { store, query, params } = request
      const place = { store_id: store.id, id: params.endpoint_id }
      const endpoint = shownEndpoint(await findEndpoint(db, place))
      const given_up = (await countGivenUp(db, store.id)).get(endpoint.id)
      const { data, next_cursor } = await listNotifications(db, place, { ...query, limit: PAGE })
      return portalPage(request, reply, 'deliveries', 'endpoint', {
        title: `Endpoint ${endpoint.id}`,
        endpoint,
        chips: [undefined, ...State.options].map(state => ({
          text: state ? STATES[state].text : 'All',
          count: state === 'given_up' ? given_up : undefined,
          query: state ? `?state=${state}` : '',
          current: state === query.state,
        })),
        query: query.state ? `?state=${query.state}` : '',
        notifications: data.map(({ id, type, order_id, state, tries, answer, created_at, due_at }) => ({
          id,
          type,
          order_id,
          badge: STATES[state],
          waiting: state === 'waiting',
          tries,
          answer,
          at: created_at.toISOString(),
          due_at: state === 'waiting' && tries > 0 ? due_at.toISOString() : undefined,
        })),
        first: query.cursor === undefined,
        next_cursor,
      })
    },
  )

  app.post(
    '/deliveries/endpoints/:endpoint_id/replay',
    { config: CHANGES, schema: { params: EndpointParams, body: ReplayForm } },
    async (request, reply) => {
      const { store, params, body } = request
      const path = `/deliveries/endpoints/${params.endpoint_id}`
      const place = { store_id: store.id, id: params.endpoint_id }
      const { state } = await findEndpoint(db, place)
      // Only the platform can switch it on again; until then nothing would be sent.
      if (state === 'disabled') return back(request, reply, path, 'replay_disabled')
      const asked = 'id' in body ? body : { since: `${body.since}T00:00:00Z` }
      const { notifications } = await replayNotifications(db, place, asked, actorOf(request))
      return back(request, reply, path, notifications > 0 ? 'replayed' : 'replayed_none')
    },
  )
}

// Without what follows the path: a partner may have put a secret of its own there.
function shownEndpoint({ id, url, types, state, failures, failing_since }: NotificationEndpoint) {
  const { origin, pathname } = new URL(url)
  const badge =
    state === 'disabled'
      ? ({ text: 'Stopped', tone: 'bad' } as const)
      : failures > 0
        ? ({ text: 'Failing', tone: 'warn' } as const)
        : ({ text: 'Working', tone: 'good' } as const)
  return {
    id,
    address: origin + pathname,
    types: types?.join(', '),
    disabled: state === 'disabled',
    badge,
    failing_since: failing_since?.toISOString(),
  }
}
