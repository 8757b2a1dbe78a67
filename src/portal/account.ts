import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'
import { ownerCookies } from '../owners/request.ts'
import { endEverySession, endSession, listSessions } from '../owners/sessions.ts'
import { storesOf } from '../owners/stores.ts'

/** The owner's stores, and the owner's own sign-ins. */
export const accountRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps
  const cookies = ownerCookies(deps)

  app.get('/portal', async (request, reply) => {
    const stores = await storesOf(db, request.owner)
    const [only] = stores
    if (only && stores.length === 1) return reply.redirect(`/portal/${only.id}`, 303)
    return reply.page(
      'portal/stores',
      {
        title: 'Your stores',
        owner: { email: request.owner.email },
        stores: stores.map(({ id, name, mode, logo_url }) => ({ id, name, mode, logo_url })),
      },
      { locale: 'en' },
    )
  })

  app.get('/portal/account', async (request, reply) => {
    const sessions = await listSessions(db, request.owner)
    return reply.page(
      'portal/account',
      {
        title: 'Your sign-ins',
        owner: { email: request.owner.email },
        sessions: sessions.map(({ id, signed_in_at, seen_at, store_id }) => ({
          at: signed_in_at.toISOString(),
          seen_at: seen_at.toISOString(),
          by_link: store_id !== null,
          current: id === request.owner.id,
        })),
      },
      { locale: 'en' },
    )
  })

  app.post('/portal/sign-out', async (request, reply) => {
    await endSession(db, request.owner)
    return cookies.signOut(reply).redirect('/portal/sign-in', 303)
  })

  app.post('/portal/sign-out-everywhere', async (request, reply) => {
    await endEverySession(db, request.owner)
    return cookies.signOut(reply).redirect('/portal/sign-in', 303)
  })
}
