/** How long after a round the next one begins, in milliseconds. */
const REST = 1_000

/**
 * Does something beside the requests, a round after the other, until it is stopped. A round that fails is `failed`:
 * the database may be away for a while, and the next one finds what this one missed.
 */
export function makeRounds(round: () => Promise<void>, failed: (error: unknown) => void) {
  let stopped = false
  let wake = () => {}
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    while (!stopped) {
      await round().catch(failed)
      if (stopped) return
      await new Promise<void>(over => {
        wake = over
        setTimeout(over, REST)
      })
    }
  }

  return {
    start(): void {
      running = run()
    },

    /** Whether it was told to stop: a long round then ends early. */
    stopped: (): boolean => stopped,

    /** Begins no other round; resolves when the one under way is over. */
    stop(): Promise<void> {
      stopped = true
      wake()
      return running
    },
  }
}
