import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import { makeDeliveries } from './deliver.ts'
import { BATCH, dispatch } from './dispatch.ts'
import { tidyNotifications } from './replay.ts'
import { makeSender, type Sender } from './send.ts'

/** How often each process looks whether something happened, in milliseconds, and how long it lets requests go first. */
const LOOK = 1_000
const BREATH = 50

type Log = { error(context: object, message: string): void }

export type Telling = ReturnType<typeof makeTelling>

/**
 * Tells people and partners what happened, beside the requests: what the outbox holds becomes letters and
 * notifications, and those are sent. Nothing here can slow a payment; what one process leaves, the next one takes.
 */
export function makeTelling(
  deps: Deps,
  log: Log,
  { send = makeSender(deps.config), now = () => new Date() }: { send?: Sender; now?: () => Date } = {},
) {
  const deliveries = makeDeliveries({ deps, send, now }, log)
  let stopped = false
  let wake = () => {}
  let running: Promise<void> = Promise.resolve()

  async function write(): Promise<void> {
    while ((await dispatch(deps, now(), log)) === BATCH && !stopped) await pause(BREATH)
  }

  async function run(): Promise<void> {
    while (!stopped) {
      // The database may be away for a while: the next look finds what this one missed.
      await write().catch(error => log.error({ err: error }, 'what happened could not be told'))
      deliveries.look()
      if (stopped) return
      await new Promise<void>(over => {
        wake = over
        setTimeout(over, LOOK)
      })
    }
  }

  return {
    start(): void {
      running = run()
    },

    /** Once, now, and to the end: for tests and for whoever does not want to wait. */
    async tellNow(): Promise<void> {
      await write()
      deliveries.look()
      await deliveries.quiet()
    },

    /** Lets what is under way end, at most `seconds`: a receiver that is slow to answer is sent the same again. */
    async stop(seconds: number): Promise<void> {
      stopped = true
      wake()
      await running
      await Promise.race([deliveries.quiet(), pause(seconds * 1_000)])
    },
  }
}

const pause = (ms: number) => new Promise<void>(over => setTimeout(over, ms))

export const notificationJobs = ({ db }: Deps): Job[] => [
  { name: 'tidy-notifications', cron: '23 * * * *', work: () => tidyNotifications(db) },
]
