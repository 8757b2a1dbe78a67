import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'
import { problemErrors } from '../lib/scopes.ts'
import { guardInternal } from './caller.ts'
import { internalMirror } from './mirror.ts'
import { internalNotifications } from './notifications.ts'
import { internalOrders } from './orders.ts'
import { internalProducts } from './products.ts'
import { internalRefunds } from './refunds.ts'
import { internalStores } from './stores.ts'
import { internalTaxes } from './taxes.ts'
import { internalTerms } from './terms.ts'
import { internalVendors } from './vendors.ts'

/** What partner platforms call with their `X-Internal-Secret`. */
export const internalRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  problemErrors(app)
  const withStore = guardInternal(app, deps)
  app.register(internalStores, { deps, withStore })
  app.register(internalProducts, { deps, withStore })
  app.register(internalTaxes, { deps, withStore })
  app.register(internalTerms, { deps, withStore })
  app.register(internalVendors, { deps, withStore })
  app.register(internalOrders, { deps, withStore })
  app.register(internalRefunds, { deps, withStore })
  app.register(internalMirror, { deps, withStore })
  app.register(internalNotifications, { deps, withStore })
}
