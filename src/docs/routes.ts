import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'
import { pageErrors } from '../lib/pages.ts'
import { NotFound } from '../lib/problem.ts'
import { readGuides, shelvesOf } from './help.ts'
import type { OpenApi } from './openapi.ts'
import { inline, prose } from './prose.ts'
import { referenceOf } from './reference.ts'

const PICTURES = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))

/** The API reference, for programs and for people, and the guides. */
export const docsRoutes: FastifyPluginAsync = async app => {
  pageErrors(app)

  // Made once, when somebody first asks: both are the same as long as the process lives, and take their time.
  let reference: ReturnType<typeof referenceOf> | undefined
  let made: ReturnType<typeof makeHelp> | undefined
  const help = () => {
    made ??= makeHelp()
    return made
  }

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

  app.get('/help', async (_request, reply) =>
    reply.page('docs/shelves', { title: 'Help', shelves: help().shelves }, { locale: 'en' }),
  )

  app.get<{ Params: { guide: string } }>('/help/:guide', async (request, reply) => {
    const { guides, shelves } = help()
    const guide = guides.get(request.params.guide)
    if (!guide) throw new NotFound()
    return reply.page('docs/guide', { title: guide.title, guide, shelves }, { locale: 'en' })
  })

  await app.register(fastifyStatic, {
    root: PICTURES,
    prefix: '/help/pictures/',
    maxAge: '1h',
    decorateReply: false,
    index: false,
  })
}

function makeHelp() {
  const guides = readGuides()
  return { guides, shelves: shelvesOf(guides) }
}
