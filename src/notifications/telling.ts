import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import type { Log } from '../lib/log.ts'
import { makeRounds } from '../lib/rounds.ts'
import { makeDeliveries } from './deliver.ts'
import { BATCH, dispatch } from './dispatch.ts'
import { tidyNotifications } from './replay.ts'
import { makeSender, type Sender } from './send.ts'

/** How long it lets requests go first between two batches, in milliseconds. */
const BREATH = 50

/**
 * Tells people and partners what happened, beside the requests: what the outbox holds becomes letters and
 * notifications, and those are sent. Nothing here can slow a payment; what one process leaves, the next one takes.
 */
export function makeTelling(
  deps: Deps,
  log: Pick<Log, 'error'>,
  { send = makeSender(deps.config), now = () => new Date() }: { send?: Sender; now?: () => Date } = {},
) {
  const deliveries = makeDeliveries({ deps, send, now }, log)
  const rounds = makeRounds(
    async () => {
      try {
        await write()
      } finally {
        deliveries.look()
      }
    },
    error => log.error({ err: error }, 'what happened could not be told'),
  )

  async function write(): Promise<void> {
    while ((await dispatch(deps, now(), log)) === BATCH && !rounds.stopped()) await pause(BREATH)
  }

  return {
    start: rounds.start,

    /** Once, now, and to the end: for tests and for whoever does not want to wait. */
    async tellNow(): Promise<void> {
      await write()
      deliveries.look()
      await deliveries.quiet()
    },

    /** Lets what is under way end, at most `seconds`: a receiver that is slow to answer is sent the same again. */
    async stop(seconds: number): Promise<void> {
      await rounds.stop()
      await Promise.race([deliveries.quiet(), pause(seconds * 1_000)])
    },
  }
}

const pause = (ms: number) => new Promise<void>(over => setTimeout(over, ms))

export const notificationJobs = ({ db }: Deps): Job[] => [
  { name: 'tidy-notifications', cron: '23 * * * *', work: () => tidyNotifications(db) },
]
