import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import type { Log } from '../lib/log.ts'
import { recoverEvents } from './recovery.ts'
import { purgeRefusals } from './refusals.ts'
import { purgeEvents } from './retention.ts'

/** What happens to events beside the deliveries. */
export const webhookJobs = (deps: Deps, log: Pick<Log, 'info'>): Job[] => [
  {
    name: 'recover-events',
    cron: '* * * * *',
    async work() {
      const done = await recoverEvents(deps)
      if (done.events + done.failed > 0) log.info(done, 'fetched events that no webhook brought')
    },
  },
  {
    name: 'purge-events',
    cron: '29 4 * * *',
    async work() {
      const purged = (await purgeEvents(deps.db)) + (await purgeRefusals(deps.db))
      if (purged > 0) log.info({ purged }, 'purged old events and refusals')
    },
  },
]
