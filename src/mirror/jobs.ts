import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import type { Log } from '../lib/log.ts'
import { dueSyncs } from './cursors.ts'
import { refetchUnsure } from './refetch.ts'
import { IDLE, runSync } from './sync.ts'

/** Stores fetched for at a time, and looked at in one run. */
const WORKERS = 2
const MOST = 100
/** How long one run takes new pages, in milliseconds. */
const SHIFT = 50_000

/** What happens to the mirror beside the events. */
export const mirrorJobs = (deps: Deps, log: Pick<Log, 'info' | 'error'>): Job[] => [
  {
    name: 'sync-mirror',
    cron: '* * * * *',
    work: () => continueSyncs(deps, log),
  },
  {
    name: 'refetch-unsure',
    cron: '* * * * *',
    async work() {
      const done = await refetchUnsure(deps)
      if (done.fetched + done.failed > 0)
        log.info(done, 'asked again for objects with two versions of one second')
    },
  },
]

/** Goes on with every sync that somebody asked for, for a minute; the next run takes over from there. */
export async function continueSyncs(deps: Deps, log: Pick<Log, 'error'>): Promise<void> {
  const end = Date.now() + SHIFT
  const due = await dueSyncs(deps.db, IDLE, MOST)
  async function work(): Promise<void> {
    for (let place = due.shift(); place && Date.now() < end; place = due.shift()) {
      try {
        await runSync(deps, place, { end })
      } catch (error) {
        // A box that does not open, for one: it must not keep the other stores waiting.
        log.error({ err: error, store_id: place.store_id }, 'a sync of the mirror failed')
      }
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
}
