import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Books } from '../engine/books.ts'
import {
  attempt,
  type DeliveryRules,
  defaultRules,
  resume,
  rulesFor,
  signed,
  WebhookEndpoints,
} from '../engine/deliveries.ts'
import { eventTypes } from '../engine/event_types.ts'
import { post } from '../engine/post.ts'
import { missing } from '../engine/refusal.ts'
import type { World } from '../engine/world.ts'
import { testEvent } from './test_event.ts'

const Mode = z.enum(['test', 'live']).default('test')
const Share = z.union([z.boolean().transform(Number), z.number().min(0).max(1)])
const Rules = z.strictObject({
  account: z.string().default('*'),
  paused: z.boolean().optional(),
  shuffle: z.boolean().optional(),
  duplicate: Share.optional(),
  drop: Share.optional(),
  retry_ms: z.array(z.int().min(1)).min(1).optional(),
})
const Wanted = z.object({
  account: z.string().optional(),
  mode: Mode.optional(),
  endpoint: z.string().optional(),
  event: z.string().optional(),
  type: z.string().optional(),
  status: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(2000).default(100),
})

/** Deliveries: seen, sent again, held up, shuffled, doubled, lost. */
export function answerDeliveries(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()

  app.get('/console/api/deliveries', { schema: { querystring: Wanted } }, request => {
    const { account, mode, endpoint, event, type, status, limit } = request.query
    const data = [...world.books.values()]
      .filter(
        books => (!account || books.account === account) && (!mode || books.livemode === (mode === 'live')),
      )
      .flatMap(books => books.deliveries)
      .filter(
        delivery =>
          (!endpoint || delivery.endpoint === endpoint) &&
          (!event || delivery.event === event) &&
          (!type || delivery.type === type) &&
          (!status || delivery.status === status),
      )
    return { data: data.slice(-limit).reverse() }
  })

  const Id = z.object({ id: z.string() })
  app.post('/console/api/deliveries/:id/resend', { schema: { params: Id } }, async request => {
    for (const books of world.books.values()) {
      const delivery = books.deliveries.find(({ id }) => id === request.params.id)
      if (!delivery) continue
      await attempt(world, books, delivery)
      return delivery
    }
    throw missing('delivery', request.params.id)
  })

  app.post('/console/api/webhooks', { schema: { body: Rules } }, request => {
    const { account, ...asked } = request.body
    const changes = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
    const rules: DeliveryRules = { ...rulesFor(world, account), ...changes }
    world.deliveryRules.set(account, rules)
    if (asked.paused === false) resume(world)
    return rules
  })

  const Only = z.object({ account: z.string().optional() })
  app.delete('/console/api/webhooks', { schema: { querystring: Only } }, request => {
    const { account } = request.query
    if (account) world.deliveryRules.delete(account)
    else world.deliveryRules.clear()
    resume(world)
    return defaultRules
  })

  const Send = z.strictObject({
    account: z.string(),
    mode: Mode,
    endpoint: z.string(),
    type: z.string().refine(type => eventTypes.has(type), 'no such event type'),
  })
  app.post('/console/api/test-event', { schema: { body: Send } }, request => {
    const { account, mode, endpoint, type } = request.body
    return sendTestEvent(world.of(account, mode === 'live'), endpoint, type)
  })
}

async function sendTestEvent(books: Books, id: string, type: string) {
  const endpoint = books.need(WebhookEndpoints, id)
  const body = JSON.stringify(testEvent(type, endpoint.api_version), null, 2)
  return post(endpoint.url, body, signed(books.of(WebhookEndpoints).note(id).secret, body))
}
