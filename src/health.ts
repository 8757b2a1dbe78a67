import type { FastifyPluginAsync } from 'fastify'
import { pending } from './db/migrate.ts'
import type { Deps } from './deps.ts'
import { Unavailable } from './lib/problem.ts'
import { problemErrors } from './lib/scopes.ts'

/** Whether the process lives, and whether it can do its work (database reachable, schema of this release). */
export const healthRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  problemErrors(app)

  app.get('/healthz', async () => ({ status: 'ok' }))

  app.get('/readyz', async () => {
    const missing = await pending(deps.db.engine)
    if (missing.length > 0) throw new Unavailable('The schema is older than this release.')
    return { status: 'ok' }
  })
}
