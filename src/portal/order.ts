import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { ShownDispute } from '../disputes/disputes.ts'
import { formatMoney } from '../lib/money.ts'
import { NotFound } from '../lib/problem.ts'
import { Uuid } from '../lib/wire.ts'
import { troublesOf } from '../marketplace/troubles.ts'
import { vendorNames } from '../marketplace/vendors.ts'
import { objectsOfPayment } from '../mirror/read.ts'
import { NoReceipt, resendReceipt, TooManyReceipts } from '../notifications/receipts.ts'
import { wholeOrder } from '../refunds/order.ts'
import { dashboardUrl } from '../stripe/dashboard.ts'
import { actorOf, CHANGES } from './guard.ts'
import { livePart } from './live.ts'
import { trailOf } from './order-trail.ts'
import { orderRow } from './orders.ts'
import { back, portalPage } from './page.ts'
import { shipTo } from './ship-to.ts'
import { troubleNotice } from './split-troubles.ts'
import { objectRow } from './stripe-rows.ts'
import { words } from './words.ts'

export const OrderParams = z.object({ order_id: z.string().max(100) })

/** The id of the order that the path names. Throws NotFound. */
export function orderIdOf({ order_id }: z.output<typeof OrderParams>): string {
  const id = Uuid.safeParse(order_id)
  if (!id.success) throw new NotFound()
  return id.data
}

const REFUND = {
  pending: { text: 'Under way', tone: 'note' },
  succeeded: { text: 'Made', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
  cancelled: { text: 'Cancelled', tone: 'note' },
} as const

/** One order: what was bought, what happened and why, and what its owner can do. */
export const orderPageRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps
  const schema = { params: OrderParams }

  async function model({ store, params }: FastifyRequest & { params: z.output<typeof OrderParams> }) {
    const order = await wholeOrder(db, store, orderIdOf(params))
    const money = (amount: number) => formatMoney({ amount, currency: order.currency }, 'en')
    const names = order.split ? await vendorNames(db, store, order.split) : new Map<string, string>()
    const troubles = order.split ? await troublesOf(db, store.id, order.id) : []
    const objects = order.payment_intent
      ? await objectsOfPayment(db, store, order.mode, order.payment_intent)
      : []
    const intent = objects.find(({ id }) => id === order.payment_intent)
    return {
      order: orderRow(order),
      lines: order.lines.map(line => ({
        name: line.name,
        quantity: line.quantity,
        unit: money(line.unit_amount),
        total: money(line.amount),
      })),
      sums: sumsOf(order.totals, order.discount?.code).map(([name, amount]) => ({
        name,
        amount: money(amount),
      })),
      refunded: order.amount_refunded > 0 ? money(order.amount_refunded) : undefined,
      can_refund: order.paid_at !== null && order.amount_reserved < order.amount,
      can_resend: order.paid_at !== null && order.customer_email !== null,
      refunds: order.refunds.map(({ amount, status, reason, failure, stripe_refund, created_at }) => ({
        amount: money(amount),
        badge: REFUND[status],
        why: [reason, failure].filter(Boolean).map(words).join(', '),
        stripe_refund,
        at: created_at.toISOString(),
      })),
      split: order.split && shownSplit(order.split, money, names),
      troubles: troubles.map(one =>
        troubleNotice(one, names.get(one.vendor_id) ?? one.vendor_id, money(one.amount)),
      ),
      disputes: order.disputes.map(shownDispute),
      reference: order.reference,
      ship_to: shipTo(intent?.object, order.shipping),
      stripe_objects: objects.map(objectRow),
      payment: order.payment_intent && {
        id: order.payment_intent,
        url: dashboardUrl({ type: 'payment_intent', id: order.payment_intent, mode: order.mode }),
      },
      metadata: Object.entries(order.metadata),
      failure: order.failure && words(order.failure.decline_code ?? order.failure.code),
      timeline: await trailOf(db, order),
    }
  }

  app.get('/orders/:order_id', { schema }, async (request, reply) => {
    const page = await model(request)
    return portalPage(request, reply, 'orders', 'order', { title: `Order ${page.order.code}`, ...page })
  })

  app.get('/orders/:order_id/live', { schema }, async (request, reply) =>
    livePart(request, reply, 'order-body', await model(request)),
  )

  app.post('/orders/:order_id/receipt', { config: CHANGES, schema }, async (request, reply) => {
    const id = orderIdOf(request.params)
    try {
      await resendReceipt(deps, request.store, id, actorOf(request))
    } catch (error) {
      if (error instanceof TooManyReceipts) return back(request, reply, `/orders/${id}`, 'receipt_enough')
      if (error instanceof NoReceipt) return back(request, reply, `/orders/${id}`, 'receipt_none')
      throw error
    }
    return back(request, reply, `/orders/${id}`, 'receipt')
  })
}

type Totals = Awaited<ReturnType<typeof wholeOrder>>['totals']

/** What stands between the lines and the total, where there is anything. */
function sumsOf({ subtotal, discount, shipping, tax }: Totals, code: string | undefined): [string, number][] {
  const rows: [string, number][] = [
    [code ? `Discount (${code})` : 'Discount', -discount],
    ['Shipping', shipping],
    ['Tax', tax],
  ]
  const there = rows.filter(([, amount]) => amount !== 0)
  return there.length > 0 ? [['Subtotal', subtotal], ...there] : []
}

const PAYOUT = {
  pending: { text: 'On its way', tone: 'note' },
  by_stripe: { text: 'Paid by Stripe', tone: 'good' },
  manual_payout: { text: 'To be paid by hand', tone: 'warn' },
  settled: { text: 'Paid by hand', tone: 'good' },
} as const

type SplitOf = NonNullable<Awaited<ReturnType<typeof wholeOrder>>['split']>

const shownSplit = (split: SplitOf, money: (amount: number) => string, names: Map<string, string>) => ({
  vendors: split.vendors.map(vendor => ({
    id: vendor.vendor_id,
    name: names.get(vendor.vendor_id) ?? vendor.vendor_id,
    amount: money(vendor.amount - vendor.amount_refunded),
    commission: money(vendor.commission - vendor.commission_refunded),
    badge: PAYOUT[vendor.payout],
  })),
  platform: money(split.platform),
})

const FUNDS = {
  with_merchant: 'still with you',
  withdrawn: 'taken from your Stripe balance',
  reinstated: 'back in your Stripe balance',
}
const OPEN = ['needs_response', 'warning_needs_response']
const GOOD = ['won', 'warning_closed', 'prevented']

const shownDispute = (dispute: ShownDispute) => ({
  id: dispute.id,
  tone: GOOD.includes(dispute.status) ? 'good' : 'bad',
  heading: `Disputed: ${formatMoney(dispute, 'en')}, ${words(dispute.status)}`,
  reason: words(dispute.reason),
  funds: FUNDS[dispute.funds],
  due_by: OPEN.includes(dispute.status) ? dispute.due_by?.toISOString() : undefined,
  url: dispute.dashboard_url,
})
