import formbody from '@fastify/formbody'
import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'
import { pageErrors } from '../lib/pages.ts'
import { sameOriginOnly } from '../lib/same-origin.ts'
import { accountRoutes } from './account.ts'
import { activityRoutes } from './activity.ts'
import { connectionRoutes } from './connections.ts'
import { enterRoutes } from './enter.ts'
import { guardOwner, guardStore } from './guard.ts'
import { orderRoutes } from './orders.ts'
import { overviewRoutes } from './overview.ts'
import { paymentRoutes } from './payments.ts'
import { productRoutes } from './products.ts'
import { quarantineRoutes } from './quarantine.ts'
import { settingRoutes } from './settings.ts'
import { signInRoutes } from './sign-in.ts'

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
    async store => {
      guardOwner(store, deps)
      guardStore(store, deps)
      store.register(overviewRoutes, { deps })
      store.register(orderRoutes, { deps })
      store.register(quarantineRoutes, { deps })
      store.register(paymentRoutes, { deps })
      store.register(connectionRoutes, { deps })
      store.register(productRoutes, { deps })
      store.register(settingRoutes, { deps })
      store.register(activityRoutes, { deps })
    },
    { prefix: '/portal/:store_id' },
  )
}
