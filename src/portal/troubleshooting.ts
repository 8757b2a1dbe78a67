import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import { listUnsettled, type UnsettledOrder } from '../orders/unsettled.ts'
import { stripeStatus } from '../stores/status.ts'
import type { Store } from '../stores/table.ts'
import { stripeTaxStanding } from '../stores/taxes.ts'
import { type Delivery, listDeliveries } from '../webhooks/deliveries.ts'
import { retakeEvent } from '../webhooks/replay.ts'
import { findingsOf } from './findings.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { EventPlace } from './quarantine.ts'
import { REFUSAL, STATUS } from './words.ts'

const MOST_ORDERS = 10

/** Why an order is still pending: what waits and for what, what Stripe delivered, and what was refused. */
export const troubleshootingRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  app.get('/payments/troubleshooting', async (request, reply) =>
    portalPage(
      request,
      reply,
      'payments',
      'troubleshooting',
      await troubleshootingModel(deps, request.store),
    ),
  )

  app.post(
    '/payments/troubleshooting/:mode/:id/replay',
    { config: CHANGES, schema: { params: EventPlace } },
    async (request, reply) => {
      const outcome = await retakeEvent(deps.db, request.store.id, request.params, actorOf(request))
      return back(request, reply, '/payments/troubleshooting', `replayed_${outcome}`)
    },
  )
}

async function troubleshootingModel(deps: Deps, store: Store) {
  const { db } = deps
  const [status, waiting, deliveries, tax] = await Promise.all([
    stripeStatus(db, null, store.id),
    listUnsettled(db, store.id, MOST_ORDERS),
    listDeliveries(db, store.id),
    store.taxes === 'stripe' ? stripeTaxStanding(deps, store.id, store.mode) : undefined,
  ])
  return {
    title: 'Troubleshooting',
    findings: findingsOf(status!.modes[store.mode], store.mode, deliveries, tax),
    waiting: waiting.map(waitingRow),
    deliveries: deliveries.map(deliveryRow),
  }
}

const waitingRow = (order: UnsettledOrder) => ({
  id: order.id,
  code: order.confirmation_code,
  amount: formatMoney(order, 'en'),
  tone: STATUS[order.status].tone,
  status_text: STATUS[order.status].text,
  why: whyUnsettled(order),
  expires_at: order.expires_at.toISOString(),
  ask_at: order.payment_intent && order.ask_at ? order.ask_at.toISOString() : undefined,
})

/** What an order waits for, in a sentence. */
function whyUnsettled({ status, failure, payment_id, payment_intent, found }: UnsettledOrder): string {
  if (!payment_id) return 'The shopper has opened the checkout and not pressed the pay button.'
  if (!payment_intent) return 'Stripe was asked for the payment and has not answered. It is asked again.'
  if (status === 'processing') {
    return 'The bank or the payment method is still deciding. With bank debits that takes days.'
  }
  if (status === 'failed') {
    const code = failure?.decline_code ?? failure?.code
    return `The last attempt was refused${code ? ` (${code})` : ''}. The shopper may try again.`
  }
  return found === 'open'
    ? 'Stripe says that the shopper has not finished: the card form, or the confirmation at their bank, is open.'
    : 'The shopper pressed the pay button. Stripe has not reported what became of it yet.'
}

const OUTCOME = {
  processed: { text: 'Applied', tone: 'good' },
  ignored: { text: 'Kept', tone: 'note' },
  quarantined: { text: 'Contradiction', tone: 'warn' },
} as const

function deliveryRow(delivery: Delivery) {
  const { at, mode, id, type, outcome, fetched, replayed_at, order_id, confirmation_code } = delivery
  const row = { at: at.toISOString(), mode, id, times: delivery.times }
  if (!outcome) {
    const text = delivery.times === 1 ? 'Refused' : `Refused ${delivery.times} times within the hour`
    const where = delivery.url === 'own' ? '' : ' It came to the shared URL and names this store.'
    const why = `${REFUSAL[delivery.refusal!]}${where}`
    return { ...row, what: text, why, badge: { text: 'Refused', tone: 'bad' } }
  }
  const why = [
    outcome === 'ignored' && 'It is about nothing that an order waits for.',
    fetched && 'No webhook brought it: it was found in Stripe’s list of events.',
    replayed_at && 'Taken once more later.',
  ]
  const order = order_id && { id: order_id, code: confirmation_code }
  return { ...row, what: type, order, why: why.filter(Boolean).join(' '), badge: OUTCOME[outcome] }
}
