import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { pending } from './db/migrate.ts'
import type { Deps } from './deps.ts'
import { queueState } from './jobs/depth.ts'
import { underNoun } from './lib/contract.ts'
import { Unavailable } from './lib/problem.ts'
import { problemErrors } from './lib/scopes.ts'

/** Whether the process lives, and whether it can do its work (database, schema, job queue). */
export const healthRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  problemErrors(app)
  underNoun(app, 'Operations')
  const response = { 200: z.object({ status: z.literal('ok') }) }

  app.get(
    '/healthz',
    { schema: { operationId: 'getHealth', summary: 'Ask whether the process lives', response } },
    async () => ({ status: 'ok' }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Ask whether it can do its work',
        description:
          'The database answers and has the schema of this release, and somebody works on the jobs.',
        response,
      },
    },
    async () => {
      const missing = await pending(deps.db.engine)
      if (missing.length > 0) throw new Unavailable('The schema is older than this release.')
      // The process that serves this started the queue first, and its tables with it.
      if ((await queueState(deps.db)) === 'silent') throw new Unavailable('Nobody works on the jobs.')
      return { status: 'ok' }
    },
  )
}
