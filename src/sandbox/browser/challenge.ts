import type { FastifyInstance } from 'fastify'
import type Stripe from 'stripe'
import type { Context, World } from '../engine/world.ts'
import { authenticate } from '../payments/attempt.ts'
import { PaymentIntents } from '../payments/intents.ts'
import { redirecting } from '../payments/method_details.ts'
import { PaymentMethods } from '../payments/methods.ts'
import { held, sendMissing, sendPage } from './hosted.ts'
import { merchantOf } from './merchant.ts'
import { bankPage, challengePage, donePage } from './views/bank.ts'

interface Visit {
  Params: { intent: string }
  Querystring: { client_secret?: string; view?: string }
  Body: { client_secret: string; outcome: string; return_url?: string }
}

/** Where a shopper proves to a bank that it is them: a card's 3-D Secure challenge, or a bank's own page. */
export function challenge(app: FastifyInstance, world: World): void {
  app.get<Visit>('/console/3ds/:intent', (request, reply) => {
    const found = held(world, PaymentIntents, request.params.intent)
    const { client_secret, view } = request.query
    if (!found || found.object.client_secret !== client_secret) return sendMissing(reply, 'payment')
    const { object: intent, context } = found
    if (intent.status !== 'requires_action')
      return sendPage(reply, { ...frame(view), body: donePage(intent) })
    const question = {
      intent,
      merchant: merchantOf(context),
      action: request.url,
      secret: client_secret,
      returnUrl: intent.next_action?.redirect_to_url?.return_url ?? '',
    }
    const body = leavesPage(context, intent) ? bankPage(question) : challengePage(question)
    return sendPage(reply, { ...frame(view), body })
  })

  app.post<Visit>('/console/3ds/:intent', (request, reply) => {
    const found = held(world, PaymentIntents, request.params.intent)
    const { client_secret, outcome, return_url } = request.body
    if (!found || found.object.client_secret !== client_secret) return sendMissing(reply, 'payment')
    const { object: intent, context } = found
    if (intent.status === 'requires_action') authenticate(context, intent, outcome === 'complete')
    world.changed()
    if (return_url) return reply.redirect(returned(return_url, intent), 303)
    return sendPage(reply, { ...frame(request.query.view), body: donePage(intent) })
  })
}

const frame = (view: string | undefined) => ({
  kind: 'hosted' as const,
  title: 'Confirm your payment',
  ...(view === 'dialog' ? { view: 'dialog' as const, modules: ['/console/assets/challenge.js'] } : {}),
})

const leavesPage = ({ books }: Context, intent: Stripe.PaymentIntent): boolean => {
  const method = books.of(PaymentMethods).find(String(intent.payment_method))
  return method !== undefined && redirecting.includes(method.type)
}

// What Stripe adds to a return_url; the page that gets it asks the API all the same.
function returned(address: string, intent: Stripe.PaymentIntent): string {
  const statuses: Record<string, string> = {
    succeeded: 'succeeded',
    processing: 'pending',
    requires_capture: 'succeeded',
  }
  const url = new URL(address)
  url.searchParams.set('payment_intent', intent.id)
  url.searchParams.set('payment_intent_client_secret', intent.client_secret!)
  url.searchParams.set('redirect_status', statuses[intent.status] ?? 'failed')
  return url.href
}
