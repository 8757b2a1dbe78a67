import type { Deps } from '../deps.ts'
import type { Log } from '../lib/log.ts'
import { makeRounds } from '../lib/rounds.ts'
import { shareOrders } from './sharing.ts'

/** Pays the vendors beside the requests, soon after each payment. What one process leaves, the next one takes. */
export function makePaying(deps: Deps, log: Pick<Log, 'error'>) {
  const rounds = makeRounds(
    () => shareOrders(deps, rounds.stopped),
    error => log.error({ err: error }, 'vendors could not be paid'),
  )
  return {
    start: rounds.start,

    /** Lets the order under way end, at most `seconds`: where it stopped, the next process goes on. */
    async stop(seconds: number): Promise<void> {
      await Promise.race([rounds.stop(), new Promise(over => setTimeout(over, seconds * 1_000))])
    },
  }
}
