import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { problems, underNoun } from '../lib/contract.ts'
import { counter } from '../lib/metrics.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import { problemErrors } from '../lib/scopes.ts'
import { proveEndpoint } from '../stores/proven.ts'
import { acceptEvent, type Outcome } from './accept.ts'
import type { Candidate } from './candidates.ts'
import { isDashboardTest, isThin, readEvent } from './event.ts'
import { makeGate } from './gate.ts'
import { makeRouter } from './router.ts'
import { readSignature } from './signature.ts'

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

type Delivery = NonNullable<ReturnType<typeof readDelivery>>

/** The doors Stripe knocks at: one URL for all merchants, and one for each endpoint that we registered. */
export const webhookRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  const router = makeRouter(deps)
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
  ) {
    const delivery = readDelivery(header, body)
    if (!delivery) throw new BadSignature()
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
    request =>
      take(request.headers['stripe-signature'], request.body, delivery =>
        router.byToken(request.params.endpoint_token, delivery),
      ),
  )
}

function readDelivery(header: string | string[] | undefined, body: unknown) {
  const signature = readSignature(typeof header === 'string' ? header : undefined, Date.now())
  if (!signature || !Buffer.isBuffer(body)) return undefined
  const event = readEvent(body)
  return event && { signature, body, event }
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
