import formbody from '@fastify/formbody'
import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'
import { pageErrors } from '../lib/pages.ts'
import { sameOriginOnly } from '../lib/same-origin.ts'
import { accountRoutes } from './account.ts'
import { activityRoutes } from './activity.ts'
import { connectionRoutes } from './connections.ts'
import { deliveryRoutes } from './deliveries.ts'
import { enterRoutes } from './enter.ts'
import { guardOwner, guardStore } from './guard.ts'
import { orderPageRoutes } from './order.ts'
import { orderRoutes } from './orders.ts'
import { overviewRoutes } from './overview.ts'
import { paymentRoutes } from './payments.ts'
import { payoutRoutes } from './payouts.ts'
import { pricingRoutes } from './pricing.ts'
import { productRoutes } from './products.ts'
import { quarantineRoutes } from './quarantine.ts'
import { refundRoutes } from './refund.ts'
import { settingRoutes } from './settings.ts'
import { signInRoutes } from './sign-in.ts'
import { statementRoutes } from './statements.ts'
import { stripeRoutes } from './stripe.ts'
import { taxMethodRoutes } from './tax-method.ts'
import { troubleshootingRoutes } from './troubleshooting.ts'
import { undeliveredRoutes } from './undelivered.ts'
import { vendorDeskRoutes } from './vendor-desk.ts'
import { guardVendor } from './vendor-guard.ts'
import { vendorRoutes } from './vendors.ts'

/** The merchant's own pages: signing in, then everything about a store. */
export const portalRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  await app.register(formbody, { bodyLimit: 32 * 1024 })
  pageErrors(app)
  app.addHook('onRequest', sameOriginOnly(deps.config.publicUrl))

  app.register(signInRoutes, { deps })
  app.register(enterRoutes, { deps })
  app.register(async signedIn => {
    guardOwner(signedIn, deps)
    signedIn.register(accountRoutes, { deps })
  })
  app.register(
    async desk => {
      guardOwner(desk, deps)
      guardVendor(desk, deps)
      desk.register(vendorDeskRoutes, { deps })
    },
    { prefix: '/vendor/:store_id/:vendor_id' },
  )
  app.register(
    async store => {
      guardOwner(store, deps)
      guardStore(store, deps)
      store.register(overviewRoutes, { deps })
      store.register(orderRoutes, { deps })
      store.register(orderPageRoutes, { deps })
      store.register(refundRoutes, { deps })
      store.register(quarantineRoutes, { deps })
      store.register(paymentRoutes, { deps })
      store.register(connectionRoutes, { deps })
      store.register(troubleshootingRoutes, { deps })
      store.register(productRoutes, { deps })
      store.register(pricingRoutes, { deps })
      store.register(taxMethodRoutes, { deps })
      store.register(deliveryRoutes, { deps })
      store.register(undeliveredRoutes, { deps })
      store.register(vendorRoutes, { deps })
      store.register(payoutRoutes, { deps })
      store.register(statementRoutes, { deps })
      store.register(settingRoutes, { deps })
      store.register(stripeRoutes, { deps })
      store.register(activityRoutes, { deps })
    },
    { prefix: '/portal/:store_id' },
  )
}
