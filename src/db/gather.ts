type Waiting<Rows> = {
  values: unknown[]
  /** What it will lock: batches take their locks in this order, so that two of them do not wait for each other. */
  key: string
  resolve(rows: Rows): void
  reject(error: unknown): void
}

/** Batches on their way at a time, and executions in one of them (docs/performance.md says how they were found). */
const FLYING = 3
const MOST = 16

/**
 * Group commit: what is asked for while others are under way waits for them, and then goes along in one transaction.
 * With little to do each execution is a batch of its own and waits for nobody. An execution that fails takes the
 * others of its batch back with it, so then each is tried alone: none fails because of its neighbours.
 */
export function gathering<Rows>(run: (lists: unknown[][]) => Promise<Rows[]>) {
  const queue: Waiting<Rows>[] = []
  let flying = 0

  async function fly(): Promise<void> {
    flying += 1
    while (queue.length > 0) {
      const batch = queue.splice(0, MOST).sort((left, right) => (left.key < right.key ? -1 : 1))
      await settle(batch)
    }
    flying -= 1
  }

  async function settle(batch: Waiting<Rows>[]): Promise<void> {
    try {
      const results = await run(batch.map(({ values }) => values))
      batch.forEach(({ resolve }, index) => {
        resolve(results[index]!)
      })
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error)
      else for (const one of batch) await settle([one])
    }
  }

  /** The rows of one execution, once it is committed. */
  return function ask(values: unknown[], key: string): Promise<Rows> {
    return new Promise((resolve, reject) => {
      queue.push({ values, key, resolve, reject })
      if (flying < FLYING) void fly()
    })
  }
}
