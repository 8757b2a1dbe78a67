import type { FastifyInstance, FastifyReply } from 'fastify'
import type Stripe from 'stripe'
import { intentOf } from '../api/checkout_sessions_life.ts'
import { CheckoutSessions, linesOf } from '../api/checkout_sessions_opened.ts'
import { taxSession } from '../api/checkout_sessions_tax.ts'
import { Refusal } from '../engine/refusal.ts'
import type { World } from '../engine/world.ts'
import { PaymentIntents } from '../payments/intents.ts'
import { held, sendMissing, sendPage } from './hosted.ts'
import { merchantOf, publishableKeyOf } from './merchant.ts'
import { checkoutPage } from './views/checkout.ts'
import { money } from './views/money.ts'
import { noticePage } from './views/onboarding.ts'

interface Visit {
  Params: { session: string }
  Body: { email?: string; country?: string; state?: string; postal_code?: string }
}

/** The hosted page of a Checkout Session: pay, come back from a bank, or learn that it is over. */
export function checkout(app: FastifyInstance, world: World): void {
  app.get<Visit>('/console/checkout/:session', (request, reply) => {
    const found = held(world, CheckoutSessions, request.params.session)
    if (!found) return sendMissing(reply, 'checkout')
    const { object: session, books, context } = found
    if (session.status !== 'open') return sendOver(reply, session)
    const intent = books.of(PaymentIntents).find(String(session.payment_intent))
    return sendPage(reply, {
      kind: 'hosted',
      title: 'Checkout',
      scripts: ['/stripe.js', '/console/assets/checkout.js'],
      body: checkoutPage({
        session,
        lines: linesOf(books, session),
        merchant: merchantOf(context),
        publishableKey: publishableKeyOf(books),
        failure: intent?.last_payment_error?.message ?? null,
      }),
    })
  })

  app.post<Visit>('/console/checkout/:session/pay', (request, reply) => {
    const found = held(world, CheckoutSessions, request.params.session)
    if (found?.object.status !== 'open') return reply.code(409).send({ error: 'not open' })
    const { email, country = '', state = '', postal_code = '' } = request.body
    try {
      taxSession(found.context, found.object, { country, state, postal_code })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return reply.code(error.status).send({ error: error.body.message })
    }
    const intent = intentOf(found.context, found.object, email || null)
    world.changed()
    const { amount_total: amount, currency } = found.object
    return reply.send({ client_secret: intent.client_secret, amount, total: money(amount!, currency!) })
  })

  app.get<Visit>('/console/checkout/:session/return', (request, reply) => {
    const found = held(world, CheckoutSessions, request.params.session)
    if (!found) return sendMissing(reply, 'checkout')
    const { object: session } = found
    if (session.status !== 'complete') return reply.redirect(`/console/checkout/${session.id}`, 303)
    return reply.redirect(session.success_url!.replaceAll('{CHECKOUT_SESSION_ID}', session.id), 303)
  })
}

function sendOver(reply: FastifyReply, session: Stripe.Checkout.Session): FastifyReply {
  const paid = session.status === 'complete'
  const back = paid
    ? session.success_url?.replaceAll('{CHECKOUT_SESSION_ID}', session.id)
    : session.cancel_url
  return sendPage(reply, {
    kind: 'hosted',
    title: paid ? 'Paid' : 'Expired',
    body: noticePage(
      paid ? 'You have paid already' : 'This checkout has expired',
      paid
        ? 'There is nothing left to do here.'
        : 'Go back to the shop and start again: nothing was charged.',
      back ? { href: back, label: 'Back to the shop' } : undefined,
    ),
  })
}
