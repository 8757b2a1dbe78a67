import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { counter, histogram } from '../lib/metrics.ts'

const duration = histogram(
  'http_request_duration_seconds',
  'From the first byte of a request to the last of its answer, by route pattern and class of status',
  ['method', 'route', 'status'],
)
const refused = counter('rate_limited_total', 'Requests refused because there were too many', ['route'])

type Done = () => void

/**
 * Measures every request to the routes registered after it. Each route has a hook of its own that knows its labels,
 * so that a request costs one look into an array and one observation.
 */
export function measureRequests(app: FastifyInstance): void {
  app.addHook('onRoute', route => {
    route.onResponse = [observing(route), route.onResponse ?? []].flat()
  })

  const unknown = observing({ method: 'any', url: 'none' })
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) unknown(request, reply, done)
    else done()
  })
}

function observing({ method, url }: Pick<RouteOptions, 'method' | 'url'>) {
  const labels = { method: [method].flat().join(' '), route: url }
  const classes = ['', '1xx', '2xx', '3xx', '4xx', '5xx'].map(status => ({ ...labels, status }))

  return (_request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    const { statusCode } = reply
    duration.observe(classes[Math.floor(statusCode / 100)] ?? labels, reply.elapsedTime / 1_000)
    if (statusCode === 429) refused.inc({ route: url })
    done()
  }
}
