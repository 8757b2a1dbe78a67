import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { BadInput, NotFound } from '../lib/problem.ts'
import { text } from '../lib/wire.ts'
import { labelOf } from '../mirror/kinds.ts'
import { findObject, listObjects } from '../mirror/read.ts'
import { ModeName } from '../mirror/schemas.ts'
import { syncOf } from '../mirror/status.ts'
import { storageOf } from '../mirror/storage.ts'
import { startSync } from '../mirror/sync.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { dashboardUrl } from '../stripe/dashboard.ts'
import { actorOf, CHANGES } from './guard.ts'
import { livePart } from './live.ts'
import { portalPage } from './page.ts'
import { ModeForm } from './payments.ts'
import { kindRows, linksOf, objectRow, progressOf, sizeText } from './stripe-rows.ts'

const Query = z.object({
  mode: ModeName.optional().catch(undefined),
  account: text(255).optional().catch(undefined),
  cursor: text(255).optional().catch(undefined),
  deleted: z.literal('1').optional().catch(undefined),
  done: z.string().optional().catch(undefined),
})
const TypeParams = z.object({ type: z.string().max(255) })
const ObjectParams = TypeParams.extend({ object_id: z.string().max(255) })
const PAGE = 25

type Asked = z.output<typeof Query>

/** The store's copy of its Stripe data: what there is, each object of it, and a button that fetches everything. */
export const stripeRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps

  async function kinds({ store, query }: FastifyRequest & { query: Asked }) {
    const mode = query.mode ?? store.mode
    const [storage, sync] = await Promise.all([
      storageOf(db, store.id),
      syncOf(db, { store_id: store.id, mode }),
    ])
    return {
      mode,
      kinds: kindRows(storage, sync, mode),
      progress: progressOf(sync),
      running: sync.running,
      stored: sizeText(storage.kinds.reduce((sum, { bytes }) => sum + bytes, 0)),
      events_stored: sizeText(storage.event_bytes),
    }
  }

  app.get('/stripe', { schema: { querystring: Query } }, async (request, reply) =>
    portalPage(request, reply, 'stripe', 'stripe', { title: 'Stripe data', ...(await kinds(request)) }),
  )

  app.get('/stripe/live', { schema: { querystring: Query } }, async (request, reply) =>
    livePart(request, reply, 'stripe-kinds', await kinds(request)),
  )

  app.post('/stripe/sync', { config: CHANGES, schema: { body: ModeForm } }, async (request, reply) => {
    const { store, body } = request
    const done = await startSync(deps, store, body.mode, {}, actorOf(request)).then(
      () => 'sync',
      (error: unknown) => {
        if (error instanceof StoreNotConnected) return 'sync_not_connected'
        throw error
      },
    )
    return reply.redirect(`/portal/${store.id}/stripe?mode=${body.mode}&done=${done}`, 303)
  })

  app.get('/stripe/:type', { schema: { params: TypeParams, querystring: Query } }, async (request, reply) => {
    const { params, query, store } = request
    const mode = query.mode ?? store.mode
    const asked = { mode, connected_account: query.account, cursor: query.cursor, limit: PAGE }
    const list = await listObjects(db, store, named(params.type), {
      ...asked,
      deleted: query.deleted === '1',
    }).catch(notFoundInstead)
    return portalPage(request, reply, 'stripe', 'stripe-list', {
      title: labelOf(params.type),
      type: params.type,
      mode,
      deleted: query.deleted === '1',
      objects: list.data.map(objectRow),
      next_cursor: list.next_cursor,
      first: query.cursor === undefined,
    })
  })

  app.get(
    '/stripe/:type/:object_id',
    { schema: { params: ObjectParams, querystring: Query } },
    async (request, reply) => {
      const { params, query, store } = request
      const place = { mode: query.mode, connected_account: query.account }
      const found = await findObject(db, store, named(params.type), named(params.object_id), place)
      return portalPage(request, reply, 'stripe', 'stripe-object', {
        title: found.id,
        row: objectRow(found),
        mode: found.mode,
        seen_at: found.seen_at.toISOString(),
        links: linksOf(found),
        dashboard_url: dashboardUrl(found),
        json: JSON.stringify(found.object, null, 2),
      })
    },
  )
}

/** A name that a database can keep; anything else is the name of nothing. */
function named(name: string): string {
  const read = text(255).safeParse(name)
  if (!read.success) throw new NotFound()
  return read.data
}

// An old or made-up cursor in an address: there is no such page.
function notFoundInstead(error: unknown): never {
  throw error instanceof BadInput ? new NotFound() : error
}
