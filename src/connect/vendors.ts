import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { pageErrors } from '../lib/pages.ts'
import { OnboardingRefused } from '../marketplace/accounts.ts'
import { findVendorLink, startOnboarding, type VendorLink } from '../marketplace/links.ts'
import { type Standing, standingOf, vendorStatus } from '../marketplace/status.ts'
import { StoreNotConnected } from '../stores/stores.ts'

const Token = z.object({ token: z.string().max(200) })
const limited = { rateLimit: { max: 30, timeWindow: '1 minute' } }

/** Where a vendor begins the onboarding, comes back from Stripe, and looks how it stands. */
export const vendorPages: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  pageErrors(app)
  const pageOf = (token: string) => new URL(`/vendors/${token}`, deps.config.publicUrl).href

  app.get('/vendors/:token', { config: limited, schema: { params: Token } }, async (request, reply) => {
    const link = await findVendorLink(deps, request.params.token)
    if (!link) return reply.page('vendors/gone', { title: 'Link not valid' }, { locale: 'en', status: 404 })
    const status = await vendorStatus(deps, link.store, link.vendor.id)
    return reply.page('vendors/onboarding', model(link, request.params.token, standingOf(status)), {
      locale: 'en',
    })
  })

  // Stripe leads here too, when a link of its own was used or is too old: with a fresh one the vendor goes on.
  app.get(
    '/vendors/:token/stripe',
    { config: limited, schema: { params: Token } },
    async (request, reply) => {
      const { token } = request.params
      const link = await findVendorLink(deps, token)
      if (!link) return reply.redirect(`/vendors/${token}`, 303)
      try {
        return reply.redirect(await startOnboarding(deps, link.store, link.vendor, pageOf(token)), 303)
      } catch (error) {
        if (!(error instanceof OnboardingRefused || error instanceof StoreNotConnected)) throw error
        return reply.page(
          'vendors/onboarding',
          {
            ...model(link, token, 'new'),
            problem: 'The shop cannot take you on right now. Please tell them.',
          },
          { locale: 'en', status: 409 },
        )
      }
    },
  )
}

const model = ({ store, vendor, return_url }: VendorLink, token: string, standing: Standing) => ({
  title: `${vendor.name} at ${store.name}`,
  store: { name: store.name, logo_url: store.logo_url, mode: store.mode },
  vendor: { name: vendor.name },
  standing,
  start_url: `/vendors/${token}/stripe`,
  return_url,
})
