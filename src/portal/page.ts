import type { FastifyReply, FastifyRequest } from 'fastify'

export type Section = 'overview' | 'orders' | 'payments' | 'products' | 'settings' | 'activity'

type Page = { title: string } & Record<string, unknown>

/** A page of a store, inside the portal's frame. `done` in the address says what was just done. */
export function portalPage(
  request: FastifyRequest,
  reply: FastifyReply,
  section: Section,
  template: string,
  page: Page,
  status = 200,
): FastifyReply {
  const { store, owner } = request
  return reply.page(
    `portal/${template}`,
    {
      section,
      base: `/portal/${store.id}`,
      store: { id: store.id, name: store.name, mode: store.mode, logo_url: store.logo_url },
      owner: { email: owner.email },
      has_other_stores: request.has_other_stores,
      done: (request.query as { done?: unknown } | undefined)?.done,
      ...page,
      title: `${page.title} · ${store.name}`,
    },
    { locale: 'en', status },
  )
}

/** Back to a page of the store after a change, which then says what was done. */
export const back = (request: FastifyRequest, reply: FastifyReply, path: string, done: string) =>
  reply.redirect(`/portal/${request.store.id}${path}?done=${done}`, 303)
