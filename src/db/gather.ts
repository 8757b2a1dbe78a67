import { MOST_AT_ONCE } from './statement.ts'

type Waiting<Values, Row> = {
  values: Values
  locks: string[]
  resolve(row: Row | undefined): void
  reject(error: unknown): void
}

/** Batches on their way at a time, at most: more of them only wait for each other, and fewer for a slow disk. */
const FLYING = 3

/** What Postgres says to the slower of two that met: tried once more, it finds what the other one did. */
const MET = ['23505', '40001', '40P01']

/**
 * Group commit: what is asked for while others are under way waits for them, and then goes along in one statement.
 * With little to do each is a batch of its own and waits for nobody. One that Postgres refuses takes the others of its
 * batch back with it, so then each is tried alone: none fails because of its neighbours.
 *
 * A statement sees nothing of what it does itself, so those that touch the same never share one: `locks` names what
 * each touches, and a row that is `postponed` (what it touches only the database could tell) is asked for again.
 */
export function gathering<Values, Row extends object>(
  run: (lists: Values[]) => Promise<(Row | undefined)[]>,
) {
  const queue: Waiting<Values, Row>[] = []
  const locked = new Set<string>()
  let flying = 0

  // The first leaves with whoever is there; another one beside it only when it is full, as each execution has a price.
  const mayLeave = (others: number) =>
    others === 0 ? queue.length > 0 : others < FLYING && queue.length >= MOST_AT_ONCE

  async function fly(): Promise<void> {
    while (mayLeave(flying)) {
      const batch = takeNext()
      if (batch.length === 0) return
      flying += 1
      await settle(batch)
      flying -= 1
      for (const { locks } of batch) for (const lock of locks) locked.delete(lock)
    }
  }

  // The oldest that touch nothing of what is under way; in one order, so that two processes do not wait for each other.
  function takeNext(): Waiting<Values, Row>[] {
    const batch: Waiting<Values, Row>[] = []
    for (let index = 0; index < queue.length && batch.length < MOST_AT_ONCE; ) {
      const { locks } = queue[index]!
      if (locks.some(lock => locked.has(lock))) {
        index += 1
        continue
      }
      for (const lock of locks) locked.add(lock)
      batch.push(...queue.splice(index, 1))
    }
    return batch.sort(({ locks: [left = ''] }, { locks: [right = ''] }) => (left < right ? -1 : 1))
  }

  async function settle(batch: Waiting<Values, Row>[], again = true): Promise<void> {
    try {
      const rows = await run(batch.map(({ values }) => values))
      batch.forEach((one, index) => {
        const row = rows[index]
        if (row && 'postponed' in row && row.postponed) queue.unshift(one)
        else one.resolve(row)
      })
    } catch (error) {
      const { severity, code = '' } = error as { severity?: string; code?: string }
      // Without a database nobody is to blame, and sixteen more tries would only keep everybody waiting.
      if (severity !== 'ERROR') for (const one of batch) one.reject(error)
      else if (batch.length > 1) for (const one of batch) await settle([one])
      else if (again && MET.includes(code)) await settle(batch, false)
      else batch[0]!.reject(error)
    }
  }

  /** The row of one list of values, once it is committed. What changes nothing needs no `locks`. */
  return function ask(values: Values, locks: string[]): Promise<Row | undefined> {
    return new Promise((resolve, reject) => {
      queue.push({ values, locks, resolve, reject })
      void fly()
    })
  }
}
