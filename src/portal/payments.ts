import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { connectionsInUse } from '../stores/connections.ts'
import { shownPermissions } from '../stores/permissions.ts'
import { stripeStatus } from '../stores/status.ts'
import { changeStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import { keepTaxed, StripeTaxNotReady } from '../stores/taxes.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'

const MODES = ['live', 'test'] as const
export const ModeForm = z.object({ mode: z.enum(MODES) })

/** How the store stands with Stripe in each mode, and which mode takes payments. */
export const paymentRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db, config } = deps

  app.get('/payments', async (request, reply) =>
    portalPage(request, reply, 'payments', 'payments', await paymentsModel(deps, request.store)),
  )

  app.post('/payments/mode', { config: CHANGES, schema: { body: ModeForm } }, async (request, reply) => {
    const { store, body } = request
    const status = await stripeStatus(db, null, store.id)
    if (!status?.modes[body.mode].connected) return back(request, reply, '/payments', 'mode_not_connected')
    try {
      await keepTaxed(deps, store, body.mode)
    } catch (error) {
      if (!(error instanceof StripeTaxNotReady)) throw error
      return back(request, reply, '/payments', 'mode_untaxed')
    }
    await changeStore(db, config, store, { mode: body.mode }, actorOf(request))
    return back(request, reply, '/payments', 'mode')
  })
}

/** Everything the page of payments shows. */
export async function paymentsModel({ db, config }: Deps, store: Store) {
  const [status, connections] = await Promise.all([
    stripeStatus(db, null, store.id),
    connectionsInUse(db, store.id),
  ])
  const back = `${config.publicUrl}/portal/${store.id}/payments`
  return {
    title: 'Payments',
    mode: store.mode,
    modes: MODES.map(mode => {
      const connection = connections.find(one => one.mode === mode)
      const now = status?.modes[mode]
      return {
        mode,
        takes_payments: store.mode === mode,
        connected: now?.connected ?? false,
        connection: connection && {
          account_id: connection.account_id,
          account_name: connection.account_name,
          key_kind: connection.key_kind,
          publishable_key: connection.publishable_key,
          at: connection.created_at.toISOString(),
          rejected: connection.state === 'invalid',
          permissions: shownPermissions(connection.permissions),
          all_events: connection.all_events,
        },
        webhook: now?.webhook ?? 'missing',
        event_at: now?.last_event_at?.toISOString(),
      }
    }),
    connect_url: `/stripe/connect?${new URLSearchParams({ store_id: store.id, return_url: back })}`,
    webhook_url: `${config.publicUrl}/webhook/stripe`,
    errors: {},
  }
}
