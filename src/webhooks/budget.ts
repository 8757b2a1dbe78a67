/**
 * How much work strangers may cause: `perSecond` units, saved up for at most `burst` of them. What is spent may
 * exceed what is there; the debt is then worked off before anything more is allowed.
 */
export function makeBudget(perSecond: number, burst: number, now: () => number = Date.now) {
  let units = burst
  let at = now()

  return {
    /** Whether there is anything left to spend. */
    allows(): boolean {
      const time = now()
      units = Math.min(burst, units + ((time - at) / 1_000) * perSecond)
      at = time
      return units > 0
    },

    spend(amount: number): void {
      units -= amount
    },
  }
}
