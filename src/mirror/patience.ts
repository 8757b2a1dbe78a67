import { setTimeout as wait } from 'node:timers/promises'
import { failureOf } from '../stripe/errors.ts'

const TRIES = 6
/** The first wait, doubled each time, and the longest, in milliseconds. */
const FIRST = 500
const LONGEST = 60_000

/**
 * Asks Stripe for one tenant, from several places at once: what it says about waiting holds for all of them. Rejects
 * with what can be mended by no waiting, and with the last failure of many.
 */
export function makePatience() {
  let pausedUntil = 0
  return async function patiently<Result>(request: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      const pause = pausedUntil - Date.now()
      if (pause > 0) await wait(pause)
      try {
        return await request()
      } catch (error) {
        if (failureOf(error) !== 'unreachable' || tries === TRIES) throw error
        pausedUntil = Math.max(pausedUntil, Date.now() + pauseAfter(error, tries))
      }
    }
  }
}

export type Patience = ReturnType<typeof makePatience>

/** As long as Stripe says (`Retry-After`, in seconds), or longer each time. */
function pauseAfter(error: unknown, tries: number): number {
  const { headers } = error as { headers?: Record<string, string> }
  const told = Number(headers?.['retry-after'] ?? Number.NaN) * 1_000
  const own = FIRST * 2 ** (tries - 1) * (0.5 + Math.random() / 2)
  return Math.min(Number.isFinite(told) && told >= 0 ? told : own, LONGEST)
}
