import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { formatMoney, isCurrency } from '../lib/money.ts'
import { NotFound } from '../lib/problem.ts'
import { line } from '../lib/wire.ts'
import { dismissEvent, listQuarantined, type QuarantinedEvent, retryEvent } from '../webhooks/quarantine.ts'
import { type FieldErrors, readForm, typed } from './forms.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'

/** How an address names an event of the store. */
export const EventPlace = z.object({
  mode: z.enum(['test', 'live']),
  id: z.string().regex(/^evt_\w{1,250}$/),
})
const NoteForm = z.object({
  note: z.string().trim().min(1, 'Say in a few words why nothing has to be done.').pipe(line(300)),
})

const REASONS: Record<string, string> = {
  amount: 'The amounts differ',
  currency: 'The currencies differ',
  split: 'It pays another vendor, or keeps another fee',
  account: 'It comes from another Stripe account',
  mode: 'It comes from the other mode',
  payment: 'It names another payment',
}

/** What Stripe reported and an order contradicts: looked at by a person, who decides. */
export const quarantineRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps

  app.get('/orders/quarantine', async (request, reply) => {
    const events = await listQuarantined(db, request.store.id)
    return portalPage(request, reply, 'orders', 'quarantine', {
      title: 'Contradictions',
      events: events.map(shown),
    })
  })

  app.get('/orders/quarantine/:mode/:id', { schema: { params: EventPlace } }, async (request, reply) =>
    eventPage(request, reply, request.params),
  )

  app.post(
    '/orders/quarantine/:mode/:id/dismiss',
    { config: CHANGES, schema: { params: EventPlace } },
    async (request, reply) => {
      const read = readForm(NoteForm, request.body)
      if ('errors' in read) return eventPage(request, reply, request.params, read.errors)
      await dismissEvent(db, request.store.id, request.params, read.value.note, actorOf(request))
      return back(request, reply, '/orders/quarantine', 'event_dismissed')
    },
  )

  app.post(
    '/orders/quarantine/:mode/:id/retry',
    { config: CHANGES, schema: { params: EventPlace } },
    async (request, reply) => {
      const outcome = await retryEvent(db, request.store.id, request.params, actorOf(request))
      return back(request, reply, '/orders/quarantine', `event_${outcome}`)
    },
  )

  async function eventPage(
    request: FastifyRequest,
    reply: FastifyReply,
    place: z.infer<typeof EventPlace>,
    errors: FieldErrors = {},
  ): Promise<FastifyReply> {
    const events = await listQuarantined(db, request.store.id)
    const event = events.find(({ id, mode }) => id === place.id && mode === place.mode)
    if (!event) throw new NotFound()
    const status = Object.keys(errors).length > 0 ? 422 : 200
    return portalPage(
      request,
      reply,
      'orders',
      'quarantined',
      { title: 'Contradiction', event: shown(event), values: typed(request.body), errors },
      status,
    )
  }
}

const shown = (event: QuarantinedEvent) => ({
  id: event.id,
  mode: event.mode,
  type: event.type,
  reason: REASONS[event.reason ?? ''] ?? 'It does not fit the order',
  at: event.received_at.toISOString(),
  object_id: event.object_id,
  said: money(event.amount, event.currency),
  order_id: event.order_id,
  code: event.confirmation_code,
  wanted: money(event.order_amount, event.order_currency),
})

// What was signed may be anything: a currency that there is not is shown as it is.
function money(amount: number | null, currency: string | null): string | null {
  if (amount === null || currency === null) return null
  return isCurrency(currency) ? formatMoney({ amount, currency }, 'en') : `${amount} ${currency.slice(0, 20)}`
}
