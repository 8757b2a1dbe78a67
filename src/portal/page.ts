import type { FastifyReply, FastifyRequest } from 'fastify'

type Section =
  | 'overview'
  | 'orders'
  | 'payments'
  | 'products'
  | 'pricing'
  | 'vendors'
  | 'deliveries'
  | 'stripe'
  | 'settings'
  | 'activity'

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
      ...placeOf(request),
      owner: { email: owner.email },
      has_other_stores: request.has_other_stores,
      // From the address itself: what a route takes from its query is its own business.
      done: new URL(request.url, 'http://localhost').searchParams.get('done') ?? undefined,
      ...page,
      title: `${page.title} · ${store.name}`,
    },
    { locale: 'en', status },
  )
}

/** Where in the portal one is: what parts of a page need, too. */
export const placeOf = ({ store }: FastifyRequest) => ({
  base: `/portal/${store.id}`,
  store: { id: store.id, name: store.name, mode: store.mode, taxes: store.taxes, logo_url: store.logo_url },
})

/** Back to a page of the store after a change, which then says what was done. */
export const back = (request: FastifyRequest, reply: FastifyReply, path: string, done: string) =>
  reply.redirect(`/portal/${request.store.id}${path}?done=${done}`, 303)
