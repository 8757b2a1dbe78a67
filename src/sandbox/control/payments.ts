import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Collection } from '../engine/books.ts'
import { WebhookEndpoints } from '../engine/deliveries.ts'
import { missing } from '../engine/refusal.ts'
import { alone, type Context, type World } from '../engine/world.ts'
import { authenticate, decide } from '../payments/attempt.ts'
import { Charges } from '../payments/charges.ts'
import { closeDispute, Disputes, openDispute } from '../payments/disputes.ts'
import { PaymentIntents } from '../payments/intents.ts'
import { failRefund, Refunds, refund } from '../payments/refunds.ts'

const Id = z.object({ id: z.string() })
const Ok = z.strictObject({ ok: z.boolean().default(true) }).prefault({})
const Refund = z
  .strictObject({
    amount: z.int().min(1).optional(),
    reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  })
  .prefault({})
const Dispute = z.strictObject({ reason: z.string().default('fraudulent') }).prefault({})
const Failure = z.strictObject({ reason: z.string().default('lost_or_stolen_card') }).prefault({})
const Won = z.strictObject({ won: z.boolean().default(true) }).prefault({})
const Whose = z.object({ account: z.string(), mode: z.enum(['test', 'live']).default('test') })

/** What a merchant does in the dashboard, a shopper at the bank, a bank by itself. */
export function answerPayments(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()

  /** Finds the object and acts on it, outside of any API request. */
  function act<T extends { id: string }, Note>(
    kind: Collection<T, Note>,
    id: string,
    verb: (context: Context, object: T) => object | undefined,
  ) {
    const books = world.holding(kind, id)
    if (!books) throw missing(kind.noun, id)
    const object = books.need(kind, id)
    const made = verb(alone(world, books), object) ?? object
    world.changed()
    return made
  }

  app.get('/console/api/accounts', () => ({
    data: [...world.books.values()].map(books => ({
      account: books.account,
      mode: books.livemode ? 'live' : 'test',
      platform: books.platform ?? null,
      payments: books.of(PaymentIntents).size,
      endpoints: [...books.of(WebhookEndpoints).newest()].map(({ id, url, status }) => ({ id, url, status })),
      events: books.events.size,
      deliveries: books.deliveries.length,
    })),
  }))

  app.get('/console/api/payments', { schema: { querystring: Whose } }, request => {
    const { account, mode } = request.query
    return {
      data: [
        ...world
          .of(account, mode === 'live')
          .of(PaymentIntents)
          .newest(),
      ].slice(0, 200),
    }
  })

  app.post('/console/api/payments/:id/refund', { schema: { params: Id, body: Refund } }, request =>
    act(PaymentIntents, request.params.id, (context, intent) =>
      refund(context, context.books.need(Charges, String(intent.latest_charge)), request.body),
    ),
  )

  app.post('/console/api/payments/:id/dispute', { schema: { params: Id, body: Dispute } }, request =>
    act(PaymentIntents, request.params.id, (context, intent) =>
      openDispute(context, context.books.need(Charges, String(intent.latest_charge)), request.body.reason),
    ),
  )

  app.post('/console/api/payments/:id/authenticate', { schema: { params: Id, body: Ok } }, request =>
    act(
      PaymentIntents,
      request.params.id,
      (context, intent) => void authenticate(context, intent, request.body.ok),
    ),
  )

  app.post('/console/api/payments/:id/complete', { schema: { params: Id, body: Ok } }, request =>
    act(
      PaymentIntents,
      request.params.id,
      (context, intent) => void decide(context, intent, request.body.ok),
    ),
  )

  app.post('/console/api/refunds/:id/fail', { schema: { params: Id, body: Failure } }, request =>
    act(Refunds, request.params.id, (context, made) => void failRefund(context, made, request.body.reason)),
  )

  app.post('/console/api/disputes/:id/close', { schema: { params: Id, body: Won } }, request =>
    act(
      Disputes,
      request.params.id,
      (context, dispute) => void closeDispute(context, dispute, request.body.won),
    ),
  )
}
