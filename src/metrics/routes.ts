import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { collectDefaultMetrics } from 'prom-client'
import type { Deps } from '../deps.ts'
import { counted } from '../lib/metrics.ts'
import { NotFound } from '../lib/problem.ts'
import { problemErrors } from '../lib/scopes.ts'
import { stateOf } from './state.ts'
import { figures, tellPrimary } from './workers.ts'

/**
 * Figures for Prometheus, for whoever asks from within: the connection itself comes from a private address, through
 * no proxy and not by our public name. To everybody else there is no such page, whatever TRUST_PROXY says.
 */
export const metricsRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  problemErrors(app)
  const { config, db } = deps
  const publicHost = new URL(config.publicUrl).host
  const state = stateOf(db)
  // One process has one heap and one event loop, however many apps it serves (in tests: many).
  if (!counted.getSingleMetric('process_cpu_seconds_total')) {
    collectDefaultMetrics({ register: counted })
    tellPrimary()
  }

  app.get('/metrics', async (request, reply) => {
    const byPublicName = config.production && request.headers.host === publicHost
    if (byPublicName || cameThroughProxy(request) || !isWithin(request.socket.remoteAddress))
      throw new NotFound()
    const texts = await Promise.all([figures(), state.metrics()])
    return reply.header('cache-control', 'no-store').type(counted.contentType).send(texts.join('\n'))
  })
}

// What proxies say of themselves. One that says nothing must be told to: our rate limits need it, too.
const PROXIED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

const cameThroughProxy = ({ headers }: FastifyRequest): boolean =>
  PROXIED.some(name => headers[name] !== undefined)

const WITHIN = ['loopback', 'private', 'uniqueLocal', 'linkLocal']

/** Whether an address is one that the internet does not route to us. */
function isWithin(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && WITHIN.includes(ipaddr.process(address).range())
}
