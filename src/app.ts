import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { publicApi } from './checkout/carts.ts'
import { violationReports } from './checkout/reports.ts'
import { checkoutApi, checkoutPages } from './checkout/routes.ts'
import { widget } from './checkout/widget.ts'
import { connectRoutes } from './connect/routes.ts'
import { vendorPages } from './connect/vendors.ts'
import { demoRoutes } from './demo/routes.ts'
import type { Deps } from './deps.ts'
import { collectRoutes } from './docs/document.ts'
import { docsRoutes } from './docs/routes.ts'
import { healthRoutes } from './health.ts'
import { internalRoutes } from './internal/routes.ts'
import { serveAssets } from './lib/assets.ts'
import { endConnectionsOnClose } from './lib/drain.ts'
import { protectingHeaders } from './lib/headers.ts'
import { logOptions, logRequests } from './lib/log.ts'
import { pageErrors, pages, sendErrorPage } from './lib/pages.ts'
import { MalformedRequest, NotFound } from './lib/problem.ts'
import { sendProblem } from './lib/scopes.ts'
import { traceRequests } from './lib/tracing.ts'
import { devMailRoutes } from './mail/routes.ts'
import { measureRequests } from './metrics/requests.ts'
import { metricsRoutes } from './metrics/routes.ts'
import { portalRoutes } from './portal/routes.ts'
import { webhookRoutes } from './webhooks/routes.ts'

/** The table of contents: one line for each room with a door. */
export async function buildApp(deps: Deps, logTo?: NodeJS.WritableStream): Promise<FastifyInstance> {
  const { config } = deps
  const headers = protectingHeaders(config.production)
  const app = Fastify({
    ...logOptions(config, logTo),
    genReqId: () => randomUUID(),
    trustProxy: config.trustProxy as boolean,
    bodyLimit: 64 * 1024,
    // Longer than any id, so that each route says itself what it makes of one.
    routerOptions: { maxParamLength: 2_000 },
    // An address that cannot be decoded reaches no route, no scope and no hook.
    frameworkErrors: (_error, _request, reply) =>
      sendProblem((reply as FastifyReply).headers(headers), new MalformedRequest()),
    // Fastify's default is to wait for ever; a slow sender may not hold a connection longer than this.
    requestTimeout: 20_000,
    // The same for one that never ends its headers; and how often Node looks for them.
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
    connectionTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  if (config.tracesUrl) traceRequests(app)
  logRequests(app)
  measureRequests(app)
  endConnectionsOnClose(app)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })

  await collectRoutes(app, config)
  await app.register(rateLimit, { global: false })
  const asset = await serveAssets(app)
  await app.register(pages, { production: config.production, asset })

  app.register(webhookRoutes, { deps })
  app.register(healthRoutes, { deps })
  app.register(internalRoutes, { deps, prefix: '/api/internal' })
  app.register(publicApi, { deps })
  app.register(checkoutApi, { deps })
  app.register(checkoutPages, { deps })
  app.register(violationReports)
  app.register(widget)
  app.register(vendorPages, { deps })
  app.register(ownersPages, { deps })
  app.register(docsRoutes)
  app.register(metricsRoutes, { deps })
  if (!config.production) app.register(demoRoutes, { deps, asset })
  if (!config.production) app.register(devMailRoutes, { deps })

  pageErrors(app)
  app.setNotFoundHandler((request, reply) =>
    (request.url.startsWith('/api/') ? sendProblem : sendErrorPage)(reply, new NotFound()),
  )
  return app
}

/** Only owners have cookies: nobody else's requests wait until they are read. */
const ownersPages: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  app.register(cookie)
  app.register(connectRoutes, { deps })
  app.register(portalRoutes, { deps })
}
