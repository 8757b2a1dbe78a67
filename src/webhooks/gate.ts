import { Unavailable } from '../lib/problem.ts'

/**
 * Lets at most `most` pieces of work be under way at a time. What comes on top is refused at once (Unavailable, to be
 * tried again in `retryAfter` seconds) instead of being queued until nothing is in time any more.
 */
export function makeGate(most: number, retryAfter: number) {
  let underWay = 0

  return async function through<T>(work: () => Promise<T>): Promise<T> {
    if (underWay >= most) throw new Unavailable({ retryAfter })
    underWay += 1
    try {
      return await work()
    } finally {
      underWay -= 1
    }
  }
}
