import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DISCOUNT_PROBLEMS } from '../catalog/redemptions.ts'
import type { Deps } from '../deps.ts'
import { problems } from '../lib/contract.ts'
import { readStoreToken } from '../lib/ids.ts'
import { NotFound, Unavailable } from '../lib/problem.ts'
import { ForeignOrigin } from '../lib/same-origin.ts'
import { line } from '../lib/wire.ts'
import { CannotPayHere, SessionOver } from '../orders/pay.ts'
import { BillingAt, ShippingTo } from '../orders/place-schemas.ts'
import { AmountOutOfRange } from '../orders/pricing.ts'
import {
  applyDiscount,
  chooseBilling,
  chooseShipping,
  NoShippingThere,
  removeDiscount,
  type SessionKey,
} from '../orders/reprice.ts'
import { findSession } from '../orders/session.ts'
import { TaxLocationUnknown, TaxUnavailable } from '../orders/work-out-tax.ts'
import { PricedView, pricedView } from './totals.ts'

const Token = z.object({ token: z.string().max(200) })

const Code = z
  .strictObject({ code: line(100), email: z.email().max(254).optional() })
  .meta({ examples: [{ code: 'SPRING15', email: 'shopper@mail.example' }] })

const Shipping = ShippingTo.meta({ examples: [{ country: 'US', region: 'CA', postal_code: '94103' }] })

/** What changes the price of a checkout on the hosted page. No body carries an amount. */
export const checkoutPricing: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  // Fewer than for paying: codes must not be found by trying.
  const limited = { rateLimit: { max: 30, timeWindow: '1 minute' } }
  const always = [
    ForeignOrigin,
    NotFound,
    SessionOver,
    AmountOutOfRange,
    CannotPayHere,
    Unavailable,
    TaxLocationUnknown,
    TaxUnavailable,
  ] as const

  app.post(
    '/checkout/:token/discount',
    {
      config: limited,
      schema: {
        operationId: 'applyDiscount',
        summary: 'Apply a discount code',
        description: 'In place of another one. A payment that is open is cancelled first.',
        params: Token,
        body: Code,
        response: {
          200: PricedView,
          ...problems(...always, ...DISCOUNT_PROBLEMS),
        },
      },
    },
    async (request, reply) => {
      const { code, email } = request.body
      await applyDiscount(deps, keyOf(request), code.toUpperCase(), email)
      return priceOf(request.params.token, reply)
    },
  )

  app.delete(
    '/checkout/:token/discount',
    {
      config: limited,
      schema: {
        operationId: 'removeDiscount',
        summary: 'Take the discount code off',
        params: Token,
        response: { 200: PricedView, ...problems(...always) },
      },
    },
    async (request, reply) => {
      await removeDiscount(deps, keyOf(request))
      return priceOf(request.params.token, reply)
    },
  )

  app.post(
    '/checkout/:token/shipping',
    {
      config: limited,
      schema: {
        operationId: 'chooseShipping',
        summary: 'Say where it goes, and how',
        description: 'Decides the shipping and the tax. A payment that is open is cancelled first.',
        params: Token,
        body: Shipping,
        response: { 200: PricedView, ...problems(...always, NoShippingThere) },
      },
    },
    async (request, reply) => {
      await chooseShipping(deps, keyOf(request), request.body)
      return priceOf(request.params.token, reply)
    },
  )

  app.post(
    '/checkout/:token/billing',
    {
      config: limited,
      schema: {
        operationId: 'chooseBilling',
        summary: 'Say where who pays lives',
        description:
          'Decides the tax of what is not sent anywhere, where Stripe Tax works it out. A payment that is open is cancelled first.',
        params: Token,
        body: BillingAt,
        response: { 200: PricedView, ...problems(...always) },
      },
    },
    async (request, reply) => {
      const { country, region = null, postal_code = null } = request.body
      await chooseBilling(deps, keyOf(request), { country, region, postal_code })
      return priceOf(request.params.token, reply)
    },
  )

  async function priceOf(token: string, reply: FastifyReply) {
    const session = await findSession(deps.db, token)
    if (!session) throw new NotFound()
    return pricedView(deps.db, session, reply.language(session.locale))
  }
}

function keyOf({ params, ip }: { params: z.output<typeof Token>; ip: string }): SessionKey {
  const key = readStoreToken(params.token)
  if (!key) throw new NotFound()
  return { ...key, ip }
}
