import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { readId } from '../lib/ids.ts'
import { NotFound } from '../lib/problem.ts'
import { ownerCookies } from '../owners/request.ts'
import { findOwnedStore } from '../owners/stores.ts'
import { activeConnection } from '../stores/connections.ts'
import { shownPermissions } from '../stores/permissions.ts'
import { stripeStatus } from '../stores/status.ts'
import { findStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import { hasJustConnected } from './just-connected.ts'

/**
 * What was connected and what is left to do: for the owner who is signed in and for the browser that has just
 * connected the store. Everybody else learns only that it is connected, which is public anyway. Throws NotFound for
 * a store without a working connection.
 */
export async function successPage(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  storeId: string,
): Promise<FastifyReply> {
  const { db, config } = deps
  const id = readId(storeId)
  const store = id ? await findStore(db, id) : undefined
  const connection = store && (await activeConnection(db, store.id, store.mode))
  const status = store && (await stripeStatus(db, null, store.id))
  if (!store || !connection || !status) throw new NotFound()
  if (!(await maySeeDetails(deps, request, reply, store))) return publicPage(reply, store)

  const { locale, t } = reply.language(null, 'merchant')
  const page = {
    title: t('connected.title', { store: store.name }),
    store: { id: store.id, name: store.name },
    mode: connection.mode,
    account_id: connection.account_id,
    account_name: connection.account_name,
    key_kind: connection.key_kind,
    permissions: shownPermissions(connection.permissions),
    webhook: status.modes[connection.mode].webhook,
    webhook_url: `${config.publicUrl}/webhook/stripe`,
    key_note:
      connection.key_kind === 'secret'
        ? 'This secret key may do everything in your Stripe account. A restricted key is safer: you can replace it at any time.'
        : undefined,
  }
  return reply.page('connect/success', page, { locale })
}

async function maySeeDetails(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  store: Store,
): Promise<boolean> {
  if (hasJustConnected(deps, request, store.id)) return true
  const owner = await ownerCookies(deps).owner(request, reply)
  return owner !== undefined && (await findOwnedStore(deps.db, owner, store.id)) !== undefined
}

const publicPage = (reply: FastifyReply, store: Store): FastifyReply =>
  reply.page(
    'connect/connected',
    { title: 'Connected to Stripe', portal_url: `/portal/${store.id}/payments` },
    { locale: 'en' },
  )
