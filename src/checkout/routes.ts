import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DiscountUsed } from '../catalog/redemptions.ts'
import type { Deps } from '../deps.ts'
import { problems, underNoun } from '../lib/contract.ts'
import { readStoreToken } from '../lib/ids.ts'
import { pageErrors } from '../lib/pages.ts'
import { NotFound, Unavailable } from '../lib/problem.ts'
import { ForeignOrigin, sameOriginOnly } from '../lib/same-origin.ts'
import { problemErrors } from '../lib/scopes.ts'
import { Amount } from '../lib/wire.ts'
import { askStripe, openPayment } from '../orders/ask.ts'
import { OrderStatusName } from '../orders/order-schemas.ts'
import { CannotPayHere, SessionOver, ShippingMissing, startPayment, TaxMissing } from '../orders/pay.ts'
import { AmountOutOfRange } from '../orders/pricing.ts'
import { findSession, sessionStatus } from '../orders/session.ts'
import { TaxLocationUnknown, TaxUnavailable } from '../orders/work-out-tax.ts'
import { isPaidAtStripe, toStripe } from './at-stripe.ts'
import { sessionPage, waitingPage } from './page.ts'
import { checkoutPricing } from './pricing.ts'

const Token = z.object({ token: z.string().max(200) })

/** The hosted pages of a checkout session. */
export const checkoutPages: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  pageErrors(app)

  app.get('/checkout/:token', { schema: { params: Token } }, async (request, reply) => {
    const { token } = request.params
    const session = await findSession(deps.db, token)
    if (!session) throw new NotFound()
    if (isPaidAtStripe(session)) return toStripe(deps, reply, token, session)
    return sessionPage(deps, reply, token, session)
  })

  // Stripe sends the shopper here. What the query says is a hint at best: the order is settled by asking Stripe.
  app.get('/checkout/:token/return', { schema: { params: Token } }, async (request, reply) => {
    const { token } = request.params
    const session = await findSession(deps.db, token)
    if (!session) throw new NotFound()
    const payment = await openPayment(deps.db, session.store_id, session.order_id)
    const settled = payment && (await askStripe(deps, payment, 'return'))
    // Stripe did not answer: the page waits for the webhook or the sweeper instead of offering a second payment.
    if (payment && !settled) return waitingPage(reply, token, session, 'pending')
    return reply.redirect(`/checkout/${token}`, 303)
  })
}

/** What the hosted page asks for while the shopper pays. */
export const checkoutApi: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  problemErrors(app)
  underNoun(app, 'Hosted page')
  app.addHook('onRequest', sameOriginOnly(deps.config.publicUrl))
  app.register(checkoutPricing, { deps })

  app.post(
    '/checkout/:token/pay',
    {
      config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
      schema: {
        operationId: 'startPayment',
        summary: 'Create or reuse the PaymentIntent of a checkout',
        description:
          'However often it is asked, one order has one PaymentIntent. The body carries no amount.',
        params: Token,
        body: z.strictObject({ email: z.email().max(254).optional() }),
        response: {
          200: z.object({
            client_secret: z
              .string()
              .nullable()
              .meta({ description: 'Null: a discount left nothing to pay' }),
            amount: Amount,
          }),
          ...problems(
            ForeignOrigin,
            NotFound,
            SessionOver,
            ShippingMissing,
            TaxMissing,
            TaxLocationUnknown,
            TaxUnavailable,
            AmountOutOfRange,
            DiscountUsed,
            CannotPayHere,
            Unavailable,
          ),
        },
      },
    },
    async request => {
      const session = readStoreToken(request.params.token)
      if (!session) throw new NotFound()
      return startPayment(deps, session, request.body.email, request.ip)
    },
  )

  app.get(
    '/checkout/:token/status',
    {
      schema: {
        operationId: 'getCheckoutStatus',
        summary: 'Ask what became of a checkout',
        params: Token,
        response: { 200: z.object({ status: OrderStatusName }), ...problems(NotFound) },
      },
    },
    async (request, reply) => {
      const status = await sessionStatus(deps.db, request.params.token)
      if (!status) throw new NotFound()
      // The shop's page asks too, whether to empty the cart; who has the token may know.
      reply.headers({ 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
      return { status }
    },
  )
}
