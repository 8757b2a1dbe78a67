import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gathering } from '../../src/db/gather.ts'

/** A database that keeps what it is given, all of a batch or nothing, when it is told to go on. */
function openStore(refuses: (value: number) => boolean = () => false) {
  const kept: number[] = []
  const batches: number[][] = []
  let waiting: (() => void)[] = []
  return {
    kept,
    batches,
    goOn: () => {
      const now = waiting
      waiting = []
      for (const one of now) one()
    },
    run: async (lists: unknown[][]) => {
      const values = lists.map(([value]) => value as number)
      batches.push(values)
      await new Promise<void>(resolve => waiting.push(resolve))
      if (values.some(refuses)) throw new Error(`refused ${values}`)
      kept.push(...values)
      return values.map(value => [`row of ${value}`])
    },
  }
}

async function untilDone<T>(store: { goOn(): void }, work: Promise<T>): Promise<T> {
  let done = false
  const end = work.finally(() => {
    done = true
  })
  while (!done) {
    store.goOn()
    await new Promise(resolve => setImmediate(resolve))
  }
  return end
}

test('with little to do nobody waits for anybody', async () => {
  const store = openStore()
  const ask = gathering(store.run)
  expect(await untilDone(store, ask([1], 'a'))).toEqual(['row of 1'])
  expect(await untilDone(store, ask([2], 'a'))).toEqual(['row of 2'])
  expect(store.batches).toEqual([[1], [2]])
})

test('what comes while others are under way goes along together, in the order of what it locks', async () => {
  const store = openStore()
  const ask = gathering(store.run)
  const all = Promise.all(Array.from({ length: 40 }, (_, value) => ask([value], `${99 - value}`)))
  const rows = await untilDone(store, all)
  expect(rows).toEqual(Array.from({ length: 40 }, (_, value) => [`row of ${value}`]))
  expect(Math.max(...store.batches.map(({ length }) => length))).toBe(16)
  for (const batch of store.batches) expect(batch).toEqual(batch.toSorted((left, right) => right - left))
})

test('whoever is refused is refused alone, and all others are kept exactly once', async () => {
  const anyValues = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(anyValues, fc.nat(7), async (values, bad) => {
      const refuses = (value: number) => value % 8 === bad
      const store = openStore(refuses)
      const ask = gathering(store.run)
      const ends = Promise.allSettled(values.map(value => ask([value], String(value))))
      const settled = await untilDone(store, ends)
      expect(settled.map(({ status }) => status === 'rejected')).toEqual(values.map(refuses))
      expect(store.kept.toSorted()).toEqual(values.filter(value => !refuses(value)).toSorted())
    }),
    { numRuns: 50 },
  )
})
