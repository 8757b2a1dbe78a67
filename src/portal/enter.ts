import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { findPortalLink, spendPortalLink } from '../owners/links.ts'
import { ownerCookies } from '../owners/request.ts'

const Token = z.object({ token: z.string().max(200) })

/** A partner's link into the portal. Opening it changes nothing, so link scanners may; the button spends it. */
export const enterRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const cookies = ownerCookies(deps)

  app.get('/portal/enter/:token', { schema: { params: Token } }, async (request, reply) => {
    const link = await findPortalLink(deps, request.params.token)
    return link
      ? reply.page(
          'portal/enter',
          { title: 'Open the portal', store: { name: link.store_name } },
          { locale: 'en' },
        )
      : gonePage(reply)
  })

  app.post(
    '/portal/enter/:token',
    { config: { rateLimit: { max: 20, timeWindow: '1 minute' } }, schema: { params: Token } },
    async (request, reply) => {
      const link = await spendPortalLink(deps, request.params.token)
      if (!link) return gonePage(reply)
      await cookies.signIn(request, reply, link.email, link.store_id)
      return reply.redirect(`/portal/${link.store_id}${link.path}`, 303)
    },
  )
}

const gonePage = (reply: FastifyReply): FastifyReply =>
  reply.page('portal/gone', { title: 'Link not valid' }, { locale: 'en', status: 403 })
