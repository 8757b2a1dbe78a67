import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import fastifyView from '@fastify/view'
import { Eta, type EtaConfig } from 'eta'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { integrity } from './assets.ts'
import { merchantLocales } from './catalogues.ts'
import { type PickedLocale, pickLocale } from './languages.ts'
import { type Translate, translator } from './messages.ts'
import type { Problem } from './problem.ts'
import { toProblem } from './scopes.ts'

/** Where a page may load from and send to, beyond ourselves. */
export type PagePolicy = {
  script?: readonly string[]
  frame?: readonly string[]
  connect?: readonly string[]
  form?: readonly string[]
}

type PageOptions = { locale?: string | null | undefined; policy?: PagePolicy; status?: number }

type Language = PickedLocale & { t: Translate }

declare module 'fastify' {
  interface FastifyReply {
    /** Renders a template of views/ with the common model, its own content security policy, never cached. */
    page(template: string, model: Record<string, unknown>, options?: PageOptions): FastifyReply
    /** The language of this answer: as asked for, else as the browser prefers, of those written for its reader. */
    language(requested?: string | null, reader?: 'shopper' | 'merchant'): Language
  }
}

const VIEWS = fileURLToPath(new URL('../../views', import.meta.url))

type Options = { production: boolean; asset: (path: string) => string }

/** Makes `reply.page` and the page scope's way of saying no: an error page that a person understands. */
export const pages = fp<Options>(async (app: FastifyInstance, { production, asset }) => {
  await app.register(fastifyView, {
    engine: { eta: templates({ views: VIEWS, cache: production }) },
    root: VIEWS,
    production,
  })

  app.decorateReply('language', function (requested, reader) {
    const among = reader === 'merchant' ? merchantLocales : undefined
    const accepted = this.request.headers['accept-language']
    const { locale, dir } = pickLocale(requested ?? undefined, accepted, among)
    return { locale, dir, t: translator(locale) }
  })

  app.decorateReply('page', function (template, model, { locale, policy = {}, status = 200 } = {}) {
    const nonce = randomBytes(16).toString('base64')
    return this.code(status)
      .headers({
        'content-security-policy': policyHeader(nonce, policy),
        'cache-control': 'no-store',
      })
      .view(template, {
        ...this.language(locale),
        nonce,
        asset,
        integrity,
        request_id: this.request.id,
        ...model,
      })
  })
})

/**
 * Templates that name each other from the root of the views, which is how all of ours do it: Eta works out the path of
 * each again whenever it is included, some dozens of times for one page.
 */
function templates(config: Partial<EtaConfig>): Eta {
  const eta = new Eta(config)
  const resolve = eta.resolvePath!
  const paths = new Map<string, string>()
  eta.resolvePath = (template, options) => {
    const known = paths.get(template)
    if (known !== undefined) return known
    const path = resolve.call(eta, template, options)
    if (template.startsWith('/') || !options?.filepath) paths.set(template, path)
    return path
  }
  return eta
}

function policyHeader(
  nonce: string,
  { script = [], frame = [], connect = [], form = [] }: PagePolicy,
): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${script.join(' ')}`.trimEnd(),
    "style-src 'self'",
    "img-src 'self' https: data:",
    `connect-src 'self' ${connect.join(' ')}`.trimEnd(),
    `frame-src ${frame.length > 0 ? frame.join(' ') : "'none'"}`,
    `form-action 'self' ${form.join(' ')}`.trimEnd(),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    'report-uri /page-violations', // src/checkout/reports.ts
  ].join('; ')
}

/** Error pages for every route of a scope. */
export function pageErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendErrorPage(reply, toProblem(error, request)),
  )
}

const WORDS: Record<number, string> = {
  400: 'bad_input',
  404: 'not_found',
  409: 'not_connected',
  422: 'bad_input',
  429: 'too_many',
  503: 'away',
}

export function sendErrorPage(reply: FastifyReply, problem: Problem): FastifyReply {
  const { t } = reply.language()
  const words = `error.${WORDS[problem.status] ?? 'failed'}` as 'error.failed'
  if (problem.retryAfter) reply.header('retry-after', problem.retryAfter)
  return reply.page(
    'error',
    {
      status: problem.status,
      title: t(`${words}.heading`),
      heading: t(`${words}.heading`),
      text: t(`${words}.text`),
      ...(problem.status >= 500 ? { next: { href: reply.request.url, label: t('error.retry') } } : {}),
    },
    { status: problem.status },
  )
}
