import type { FastifyPluginAsync } from 'fastify'
import { pageErrors } from '../lib/pages.ts'
import type { OpenApi } from './openapi.ts'
import { inline, prose } from './prose.ts'
import { referenceOf } from './reference.ts'

/** The API reference: for programs, and for people. */
export const docsRoutes: FastifyPluginAsync = async app => {
  pageErrors(app)

  // Made once, when somebody first asks: the routes are the same as long as the process lives.
  let reference: ReturnType<typeof referenceOf> | undefined

  app.get('/openapi.json', async (_request, reply) =>
    reply.headers({ 'cache-control': 'no-cache', 'access-control-allow-origin': '*' }).send(app.swagger()),
  )

  app.get('/docs', async (_request, reply) => {
    reference ??= referenceOf(app.swagger() as unknown as OpenApi)
    return reply.page(
      'docs/reference',
      { title: 'API reference', reference, prose, inline },
      { locale: 'en' },
    )
  })
}
