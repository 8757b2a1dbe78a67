import type { Deps } from '../deps.ts'
import { shareOrders } from './sharing.ts'

/** How often each process looks whether something was paid or refunded, in milliseconds. */
const LOOK = 1_000

type Log = { error(context: object, message: string): void }

/** Pays the vendors beside the requests, soon after each payment. What one process leaves, the next one takes. */
export function makePaying(deps: Deps, log: Log) {
  let stopped = false
  let wake = () => {}
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    while (!stopped) {
      // The database may be away for a while: the next look finds what this one missed.
      await shareOrders(deps, () => stopped).catch(error =>
        log.error({ err: error }, 'vendors could not be paid'),
      )
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

    /** Lets the order under way end, at most `seconds`: where it stopped, the next process goes on. */
    async stop(seconds: number): Promise<void> {
      stopped = true
      wake()
      await Promise.race([running, new Promise(over => setTimeout(over, seconds * 1_000))])
    },
  }
}
