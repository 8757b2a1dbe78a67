import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { NotFound } from '../lib/problem.ts'
import { activeConnection } from '../stores/connections.ts'
import { stripeStatus } from '../stores/status.ts'
import { findStore } from '../stores/stores.ts'
import type { Permission } from '../stores/table.ts'

// In the words of Stripe's dashboard, with what will not work without them.
const PERMISSIONS: Record<Permission, { label: string; without: string }> = {
  payment_intents: { label: 'PaymentIntents', without: 'shoppers cannot pay' },
  checkout: { label: 'Checkout Sessions', without: "payments on Stripe's own page" },
  refunds: { label: 'Charges and Refunds', without: 'refunds are made in the Stripe dashboard' },
  webhook_endpoints: { label: 'Webhook Endpoints', without: 'the webhook is set up by hand' },
  disputes: { label: 'Disputes', without: 'disputes are only seen in the Stripe dashboard' },
  connect: { label: 'Connect', without: 'no payments split with vendors' },
}

/** What was connected and what is left to do. Throws NotFound for a store without a working connection. */
export async function successPage(
  { db, config }: Deps,
  reply: FastifyReply,
  storeId: string,
): Promise<FastifyReply> {
  const store = z.guid().safeParse(storeId).success ? await findStore(db, storeId) : undefined
  const connection = store && (await activeConnection(db, store.id, store.mode))
  const status = store && (await stripeStatus(db, null, store.id))
  if (!store || !connection || !status) throw new NotFound()

  const { t } = reply.language()
  const names = Object.keys(PERMISSIONS) as Permission[]
  return reply.page('connect/success', {
    title: t('connected.title', { store: store.name }),
    store: { id: store.id, name: store.name },
    mode: connection.mode,
    account_id: connection.account_id,
    account_name: connection.account_name,
    key_kind: connection.key_kind,
    permissions: names.map(name => ({
      name,
      ...PERMISSIONS[name],
      granted: connection.permissions[name],
    })),
    webhook: status.modes[connection.mode].webhook,
    webhook_url: `${config.publicUrl}/webhook/stripe`,
    key_note:
      connection.key_kind === 'secret'
        ? 'This secret key may do everything in your Stripe account. A restricted key is safer: you can replace it at any time.'
        : undefined,
  })
}
