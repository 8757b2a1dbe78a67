const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How long a notification is worth sending, in milliseconds, and an endpoint worth trying. */
export const THREE_DAYS = 72 * HOUR

/** Waits after the first, second … failed attempt; the last one repeats: about twelve attempts in three days. */
const WAITS = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
]

/** The longest that a failing endpoint rests between two attempts. Its notifications need not wait their own time. */
const LONGEST_REST = 10 * MINUTE

/** After so many failures in a row the endpoint was down, and not just one notification hard to take. */
export const OUTAGE = 3

/** When a notification that failed so often is due again, in milliseconds; a fifth more or less, so that they spread. */
export const waitAfter = (tries: number, random = Math.random): number =>
  jittered(WAITS[Math.min(tries, WAITS.length) - 1]!, random)

/** How long an endpoint that failed so often in a row is left alone, in milliseconds. */
export const restAfter = (failures: number, random = Math.random): number =>
  jittered(Math.min(5 * SECOND * 2 ** Math.min(failures - 1, 20), LONGEST_REST), random)

const jittered = (wait: number, random: () => number): number => Math.round(wait * (0.8 + 0.4 * random()))
