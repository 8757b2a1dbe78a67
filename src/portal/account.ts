import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'
import { ownerCookies } from '../owners/request.ts'
import { endEverySession, endSession, listSessions } from '../owners/sessions.ts'
import { seatsOf, storesOf } from '../owners/stores.ts'
import { deskOf } from './vendor-guard.ts'

/** The owner's stores, and the owner's own sign-ins. */
export const accountRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps
  const cookies = ownerCookies(deps)

  app.get('/portal', async (request, reply) => {
    const [stores, seats] = await Promise.all([storesOf(db, request.owner), seatsOf(db, request.owner)])
    const [only] = stores
    const [seat] = seats
    if (seat && stores.length === 0 && seats.length === 1) return reply.redirect(deskOf(seat), 303)
    if (only && stores.length === 1 && seats.length === 0) return reply.redirect(`/portal/${only.id}`, 303)
    return reply.page(
      'portal/stores',
      {
        title: 'Your stores',
        owner: { email: request.owner.email },
        stores: stores.map(({ id, name, mode, logo_url }) => ({ id, name, mode, logo_url })),
        seats: seats.map(seat => ({ href: deskOf(seat), name: seat.vendor_name, store: seat.store_name })),
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
