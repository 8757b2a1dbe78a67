import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { counter } from '../lib/metrics.ts'
import { problemErrors } from '../lib/scopes.ts'

const violations = counter(
  'page_violations_total',
  "What browsers kept our pages from loading or running, by the rule of the page's policy",
  ['rule'],
)

/** The rules that our policies have; whatever else a sender names is `other`. */
const RULES = ['script-src', 'style-src', 'img-src', 'connect-src', 'frame-src', 'form-action', 'base-uri']

const Report = z.object({
  'csp-report': z.looseObject({
    'effective-directive': z.string().max(100).optional(),
    'violated-directive': z.string().max(100).optional(),
    'blocked-uri': z.string().max(2_000).optional(),
    'document-uri': z.string().max(2_000).optional(),
  }),
})

/**
 * Where browsers say that something on a page of ours was not ours: a script that was injected, or a changed header
 * (PCI DSS 11.6.1). Anybody can send it, so it is counted and logged, and nothing is done. Of addresses only what
 * holds no token: of the page its first part, of what was blocked its origin.
 */
export const violationReports: FastifyPluginAsyncZod = async app => {
  problemErrors(app)
  app.addContentTypeParser(
    ['application/csp-report', 'application/json'],
    { parseAs: 'string', bodyLimit: 8 * 1024 },
    (_request, body, done) => done(null, body),
  )
  app.post(
    '/page-violations',
    { schema: { hide: true }, config: { rateLimit: { max: 60, timeWindow: '1 minute' } } },
    async (request, reply) => {
      const read = Report.safeParse(parsed(request.body))
      if (read.success) {
        const report = read.data['csp-report']
        const [named = ''] = (report['effective-directive'] ?? report['violated-directive'] ?? '').split(' ')
        // Newer names of the same rule: script-src-elem, style-src-attr.
        const rule = RULES.find(one => named.startsWith(one)) ?? 'other'
        violations.inc({ rule })
        const page = pathOf(report['document-uri'])
        request.log.warn({ rule, page, blocked: originOf(report['blocked-uri']) }, 'kept from a page')
      }
      return reply.code(204).send()
    },
  )
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body))
  } catch {
    return undefined // whoever sent it is no browser
  }
}

const urlOf = (text = '') => (URL.canParse(text) ? new URL(text) : undefined)

/** `/checkout/…` of the address of a session's page. */
const pathOf = (text?: string): string => `/${urlOf(text)?.pathname.split('/')[1]?.slice(0, 40) ?? ''}`

// What is no address is a word of the browser's, such as `inline` or `eval`.
function originOf(text = ''): string {
  const url = urlOf(text)
  if (!url) return /^[a-z-]{1,20}$/.test(text) ? text : ''
  return url.origin === 'null' ? url.protocol : url.origin
}
