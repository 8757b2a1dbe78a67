import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { newId } from '../lib/ids.ts'
import { formatMoney, toDecimal } from '../lib/money.ts'
import { NotFound, Problem } from '../lib/problem.ts'
import { toMinor, Uuid } from '../lib/wire.ts'
import { shareOrder } from '../marketplace/sharing.ts'
import { findOrder } from '../orders/orders.ts'
import { issueRefund } from '../refunds/refunds.ts'
import { RefundReason } from '../refunds/schemas.ts'
import { Decimal, type FieldErrors, optional, readForm, typed } from './forms.ts'
import { actorOf, CHANGES } from './guard.ts'
import { OrderParams, orderIdOf } from './order.ts'
import { back, portalPage } from './page.ts'

const WRONG_AMOUNT = 'Write the amount as a number, such as 12.99.'

const RefundForm = z.object({
  amount: optional(Decimal, WRONG_AMOUNT).pipe(z.string(WRONG_AMOUNT)),
  reason: z.union([z.literal(''), RefundReason]).default(''),
  commission: z.enum(['return', 'keep']).optional().catch(undefined),
  // The same form sent twice is one refund.
  token: Uuid.catch(() => newId()),
  confirmed: z.literal('yes').optional().catch(undefined),
})

const REASONS = [
  ['', 'No reason'],
  ['requested_by_customer', 'The shopper asked for it'],
  ['duplicate', 'It was paid twice'],
  ['fraudulent', 'It looks like fraud'],
] as const

const POLICIES = [
  ['return', 'Your commission is given back in proportion'],
  ['keep', 'The vendor bears it, as long as its share lasts'],
] as const

type Order = Awaited<ReturnType<typeof findOrder>>
type Asked = FastifyRequest & { params: z.output<typeof OrderParams> }

/** Giving money back: how much and why, then once more to be sure, then it is done, once. */
export const refundRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps
  const schema = { params: OrderParams }

  app.get('/orders/:order_id/refund', { schema }, async (request, reply) =>
    formPage(request, reply, await refundable(request)),
  )

  app.post('/orders/:order_id/refund', { config: CHANGES, schema }, async (request, reply) => {
    const order = await findOrder(db, request.store, orderIdOf(request.params))
    const read = readForm(RefundForm, request.body)
    if ('errors' in read) return formPage(request, reply, order, read.errors)
    const { amount: decimal, reason, commission, token, confirmed } = read.value
    const amount = toMinor(decimal, order.currency)
    const left = leftOf(order)
    const wrong =
      amount === undefined
        ? `This is not an amount of ${order.currency.toUpperCase()}.`
        : amount === 0
          ? 'Give back more than nothing.'
          : undefined
    if (amount === undefined || wrong) return formPage(request, reply, order, { amount: wrong ?? '' })
    const tooMuch = { amount: `${moneyOf(order, left)} is left to refund.` }
    if (!confirmed && amount > left) return formPage(request, reply, order, tooMuch)
    if (!confirmed) return surePage(request, reply, order, { amount, reason, commission, token })
    try {
      const refund = await issueRefund(
        deps,
        request.store,
        order.id,
        { amount, ...(reason ? { reason } : {}), ...(order.split && commission ? { commission } : {}) },
        { actor: actorOf(request), idempotencyKey: `portal ${token}` },
      )
      await shareOrder(deps, { store_id: request.store.id, id: order.id })
      return back(request, reply, `/orders/${order.id}`, `refund_${refund.status}`)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      const said = { amount: error.detail ?? `${error.title}.` }
      return formPage(request, reply, await findOrder(db, request.store, order.id), said)
    }
  })

  async function refundable({ store, params }: Asked): Promise<Order> {
    const order = await findOrder(db, store, orderIdOf(params))
    if (!order.paid_at) throw new NotFound()
    return order
  }
}

const moneyOf = ({ currency }: Order, amount: number) => formatMoney({ amount, currency }, 'en')
const leftOf = ({ amount, amount_reserved }: Order) => Math.max(0, amount - amount_reserved)

function formPage(request: FastifyRequest, reply: FastifyReply, order: Order, errors: FieldErrors = {}) {
  const wrong = Object.keys(errors).length > 0
  const left = leftOf(order)
  const fresh = { amount: toDecimal({ amount: left, currency: order.currency }) }
  return portalPage(
    request,
    reply,
    'orders',
    'refund',
    {
      title: `Refund ${order.confirmation_code}`,
      order: { id: order.id, code: order.confirmation_code, currency: order.currency.toUpperCase() },
      paid: moneyOf(order, order.amount),
      left: moneyOf(order, left),
      nothing_left: left === 0,
      policies: order.split ? POLICIES.map(([policy, text]) => ({ policy, text })) : [],
      reasons: REASONS.map(([reason, text]) => ({ reason, text })),
      values: wrong ? typed(request.body) : fresh,
      // What was refused is asked anew: its token belongs to the refusal.
      token: newId(),
      errors,
    },
    wrong ? 422 : 200,
  )
}

type Sure = { amount: number; reason: string; commission: 'return' | 'keep' | undefined; token: string }

const surePage = (request: FastifyRequest, reply: FastifyReply, order: Order, asked: Sure) =>
  portalPage(request, reply, 'orders', 'refund-sure', {
    title: `Refund ${order.confirmation_code}`,
    order: { id: order.id, code: order.confirmation_code, mode: order.mode, customer: order.customer_email },
    money: moneyOf(order, asked.amount),
    whole: asked.amount === order.amount,
    total: moneyOf(order, order.amount),
    why: REASONS.find(([reason]) => reason === asked.reason)?.[1],
    commission: POLICIES.find(([policy]) => order.split && policy === asked.commission)?.[1],
    fields: {
      amount: toDecimal({ amount: asked.amount, currency: order.currency }),
      reason: asked.reason,
      ...(asked.commission && { commission: asked.commission }),
      token: asked.token,
      confirmed: 'yes',
    },
  })
