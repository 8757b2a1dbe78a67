import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { problems, underNoun } from '../lib/contract.ts'
import { readStoreToken, type StoreToken } from '../lib/ids.ts'
import { counter } from '../lib/metrics.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import { problemErrors } from '../lib/scopes.ts'
import { proveEndpoint } from '../stores/proven.ts'
import { acceptEvent, type Outcome } from './accept.ts'
import type { Candidate } from './candidates.ts'
import { isDashboardTest, isThin, readEvent } from './event.ts'
import { makeGate } from './gate.ts'
import { makeRefusals, type Refusal } from './refusals.ts'
import { makeRouter } from './router.ts'
import { isTimely, readSignature } from './signature.ts'

export const BadSignature = problem('bad-signature', 400, 'The signature is missing, malformed or wrong')

const LARGEST_BODY = 256 * 1024

/** Deliveries worked on at a time: more would only wait for the database, with their bodies in memory. */
export const MOST_AT_ONCE = 200

const deliveries = counter('webhook_deliveries_total', 'Deliveries by what was answered', ['answer'])

const contract = {
  security: [{ stripe: [] }],
  body: z.any().meta({ description: 'The event, byte for byte as Stripe sent it' }),
  response: {
    200: z.object({ status: z.enum(['processed', 'already_processed', 'ignored', 'quarantined']) }),
    ...problems(BadSignature, Unavailable),
  },
}

type Delivery = Exclude<ReturnType<typeof readDelivery>, Refusal>

/** The doors Stripe knocks at: one URL for all merchants, and one for each endpoint that we registered. */
export const webhookRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  const refusals = makeRefusals(deps.db, err => app.log.warn({ err }, 'refused deliveries were not counted'))
  const router = makeRouter(deps, refusals)
  app.addHook('onClose', () => refusals.close())
  const through = makeGate(MOST_AT_ONCE, 5)
  problemErrors(app)
  underNoun(app, 'Webhooks')
  app.addHook('onError', async (_request, _reply, error) =>
    deliveries.inc({ answer: error instanceof BadSignature ? 'bad_signature' : 'failed' }),
  )

  // The signature covers the bytes Stripe sent, so this room, and only this one, leaves JSON unparsed.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  async function take(
    header: string | string[] | undefined,
    body: unknown,
    find: (delivery: Delivery) => Promise<Candidate | undefined>,
    token?: StoreToken,
  ) {
    const delivery = readDelivery(header, body)
    if (typeof delivery === 'string') {
      if (token) refusals.note([token.store_id], delivery, token.digest)
      throw new BadSignature()
    }
    return through(async () => {
      const authority = await find(delivery)
      if (!authority) throw new BadSignature()
      const status = await outcomeOf(deps, router, authority, delivery)
      deliveries.inc({ answer: status })
      return { status }
    })
  }

  app.post(
    '/webhook/stripe',
    {
      bodyLimit: LARGEST_BODY,
      schema: {
        ...contract,
        operationId: 'receiveEvent',
        summary: 'Deliver an event of any merchant',
        description: 'The shared URL. The merchant is whose signing secret verifies the event.',
      },
    },
    request =>
      take(request.headers['stripe-signature'], request.body, delivery => router.onSharedUrl(delivery)),
  )

  app.post<{ Params: { endpoint_token: string } }>(
    '/webhook/stripe/:endpoint_token',
    {
      bodyLimit: LARGEST_BODY,
      schema: {
        ...contract,
        operationId: 'receiveEventAtEndpoint',
        summary: 'Deliver an event of one merchant',
        description: 'The URL of an endpoint that we registered.',
      },
    },
    request => {
      const token = readStoreToken(request.params.endpoint_token)
      if (!token) throw new BadSignature()
      const find = (delivery: Delivery) => router.byToken(token, delivery)
      return take(request.headers['stripe-signature'], request.body, find, token)
    },
  )
}

function readDelivery(header: string | string[] | undefined, body: unknown) {
  const signature = readSignature(typeof header === 'string' ? header : undefined)
  if (!signature) return 'header'
  if (!isTimely(signature, Date.now())) return 'time'
  const event = Buffer.isBuffer(body) ? readEvent(body) : undefined
  return event ? { signature, body: body as Buffer, event } : 'body'
}

async function outcomeOf(
  { db }: Deps,
  router: ReturnType<typeof makeRouter>,
  authority: Candidate,
  { event }: Delivery,
): Promise<Outcome> {
  if (isThin(event)) return 'ignored'
  if (isDashboardTest(event)) {
    await proveEndpoint(db, authority)
    return 'processed'
  }
  const outcome = await acceptEvent(db, authority, event)
  if (outcome) return outcome
  router.forget()
  throw new BadSignature()
}
