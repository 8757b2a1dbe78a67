import type { FastifyPluginAsync } from 'fastify'

/** The API reference: for programs, and for people. */
export const docsRoutes: FastifyPluginAsync = async app => {
  app.get('/openapi.json', async (_request, reply) =>
    reply.headers({ 'cache-control': 'no-cache', 'access-control-allow-origin': '*' }).send(app.swagger()),
  )
}
