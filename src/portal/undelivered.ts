import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { NotFound } from '../lib/problem.ts'
import { Uuid } from '../lib/wire.ts'
import { dismissMail, listUndelivered, retryMail } from '../mail/undelivered.ts'
import { dismissLine, listFailedLines, retryLine } from '../outbox/outbox.ts'
import type { Store } from '../stores/table.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { LETTER } from './words.ts'

/** More than anybody looks through in one sitting. */
const MOST = 100

/**
 * What could not be delivered or told, and why, as far as that is known: the oldest of it first; and whether there is
 * more.
 */
export async function undeliveredOf(db: Database, store: Pick<Store, 'id'>) {
  const [letters, lines] = await Promise.all([
    listUndelivered(db, store.id, MOST + 1),
    listFailedLines(db, store.id, MOST + 1),
  ])
  const all = [
    ...letters.map(({ id, kind, order_id, tries, failure, created_at }) => ({
      path: `letters/${id}`,
      what: LETTER[kind],
      order_id,
      why: [tries === 1 ? 'tried once' : `tried ${tries} times`, failure].filter(Boolean).join(', '),
      at: created_at.toISOString(),
    })),
    ...lines.map(({ id, kind, order_id, failure, at }) => ({
      path: `happenings/${id}`,
      what: `Telling of ${kind}`,
      order_id,
      why: failure ? `failed with ${failure}` : 'failed',
      at: at.toISOString(),
    })),
  ].sort((left, right) => left.at.localeCompare(right.at))
  return { undelivered: all.slice(0, MOST), more_undelivered: all.length > MOST }
}

const One = z.object({ kind: z.enum(['letters', 'happenings']), id: z.string().max(40) })
const LineId = z.coerce.number().int().min(1).safe()

/** What an owner does about something undelivered: has it tried again, or lets it be. */
export const undeliveredRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db, mail } = deps
  const path = '/deliveries/:kind/:id'
  const schema = { params: One }

  app.post(`${path}/retry`, { config: CHANGES, schema }, async (request, reply) => {
    const { store, params } = request
    if (params.kind === 'letters') {
      await retryMail(db, store.id, idOf(Uuid, params), actorOf(request))
      mail.wake()
    } else await retryLine(db, store.id, idOf(LineId, params), actorOf(request))
    return back(request, reply, '/deliveries', 'retried')
  })

  app.get(`${path}/dismiss`, { schema }, async (request, reply) =>
    portalPage(request, reply, 'deliveries', 'undelivered', {
      title: 'Dismiss',
      one: await oneOf(request),
    }),
  )

  app.post(`${path}/dismiss`, { config: CHANGES, schema }, async (request, reply) => {
    const { store, params } = request
    if (params.kind === 'letters') await dismissMail(db, store.id, idOf(Uuid, params), actorOf(request))
    else await dismissLine(db, store.id, idOf(LineId, params), actorOf(request))
    return back(request, reply, '/deliveries', 'dismissed')
  })

  async function oneOf({ store, params }: FastifyRequest & { params: z.output<typeof One> }) {
    const { undelivered } = await undeliveredOf(db, store)
    const one = undelivered.find(({ path }) => path === `${params.kind}/${params.id}`)
    if (!one) throw new NotFound()
    return one
  }
}

function idOf<Id extends z.ZodType>(schema: Id, { id }: z.output<typeof One>): z.output<Id> {
  const read = schema.safeParse(id)
  if (!read.success) throw new NotFound()
  return read.data
}
