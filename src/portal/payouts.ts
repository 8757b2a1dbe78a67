import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { MARK, rowOf } from '../lib/csv.ts'
import { formatMoney, toDecimal } from '../lib/money.ts'
import { line, Uuid } from '../lib/wire.ts'
import { listPayouts, type Payout, PayoutChanged, settlePayout } from '../marketplace/payouts.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { sendCsv } from './statements.ts'

const Which = z.looseObject({ settled: z.literal('1').optional().catch(undefined) })
const SettleForm = z.object({
  due: z.coerce.number().int(),
  note: z
    .string()
    .trim()
    .transform(text => text || null)
    .pipe(line(200).nullable())
    .catch(null),
})

/** What vendors are to be paid by hand, because Stripe could not. */
export const payoutRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps

  app.get('/payouts', { schema: { querystring: Which } }, async (request, reply) => {
    const settled = request.query.settled === '1'
    const payouts = await listPayouts(db, request.store, { settled })
    return portalPage(request, reply, 'vendors', 'payouts', {
      title: 'Payouts by hand',
      settled,
      payouts: payouts.map(shown),
    })
  })

  app.get('/payouts.csv', { schema: { querystring: Which } }, async (request, reply) => {
    const payouts = await listPayouts(db, request.store, { settled: request.query.settled === '1' })
    return sendCsv(reply, 'payouts', csvOf(payouts))
  })

  app.post(
    '/payouts/:id/settle',
    { config: CHANGES, schema: { params: z.object({ id: Uuid }), body: SettleForm } },
    async (request, reply) => {
      try {
        await settlePayout(db, request.store, request.params.id, request.body, actorOf(request))
      } catch (error) {
        if (!(error instanceof PayoutChanged)) throw error
        return back(request, reply, '/payouts', 'payout_changed')
      }
      return back(request, reply, '/payouts', 'payout')
    },
  )
}

/** A payout as a row of a list. */
function shown(payout: Payout) {
  const money = (amount: number) => formatMoney({ amount, currency: payout.currency }, 'en')
  return {
    id: payout.id,
    order_id: payout.order_id,
    code: payout.confirmation_code,
    vendor: { id: payout.vendor_id, name: payout.vendor_name },
    due: money(Math.abs(payout.due)),
    due_minor: payout.due,
    owes: payout.due < 0,
    refunded: payout.refunded > 0 ? money(payout.refunded) : undefined,
    settled: money(payout.settled_amount),
    settled_at: payout.settled_at?.toISOString(),
    note: payout.note,
    at: payout.paid_at.toISOString(),
  }
}

const HEAD = ['vendor_id', 'vendor', 'confirmation_code', 'order_id', 'reference', 'paid_at', 'currency']
const MORE = ['share', 'refunded', 'paid_out', 'due', 'paid_out_at', 'note']

function csvOf(payouts: Payout[]): string {
  const rows = payouts.map(one => {
    const decimal = (amount: number) => toDecimal({ amount, currency: one.currency })
    return [
      ...[one.vendor_id, one.vendor_name, one.confirmation_code, one.order_id, one.reference],
      ...[one.paid_at.toISOString(), one.currency],
      ...[one.amount, one.refunded, one.settled_amount, one.due].map(decimal),
      ...[one.settled_at?.toISOString() ?? null, one.note],
    ]
  })
  return MARK + [[...HEAD, ...MORE], ...rows].map(rowOf).join('')
}
