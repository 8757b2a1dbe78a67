import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gathering } from '../../src/db/gather.ts'
import { MOST_AT_ONCE } from '../../src/db/statement.ts'

type Row = { of: number; postponed?: boolean }

/** A database that keeps what it is given, all of a batch or nothing, when it is told to go on. */
function openStore({
  refuses = (_value: number): string | undefined => undefined,
  subject = (value: number) => value,
} = {}) {
  const kept: number[] = []
  const batches: number[][] = []
  const under = new Set<number>()
  let together = false
  let waiting: (() => void)[] = []
  return {
    kept,
    batches,
    /** Whether two that touch the same were ever under way at once. */
    get together() {
      return together
    },
    goOn: () => {
      const now = waiting
      waiting = []
      for (const one of now) one()
    },
    run: async (values: number[]): Promise<Row[]> => {
      batches.push(values)
      for (const value of values) {
        together ||= under.has(subject(value))
        under.add(subject(value))
      }
      await new Promise<void>(resolve => waiting.push(resolve))
      for (const value of values) under.delete(subject(value))
      const code = values.map(refuses).find(refused => refused !== undefined)
      if (code !== undefined) throw Object.assign(new Error(`refused ${values}`), { severity: 'ERROR', code })
      kept.push(...values)
      return values.map(of => ({ of }))
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
  expect(await untilDone(store, ask(1, ['a']))).toEqual({ of: 1 })
  expect(await untilDone(store, ask(2, ['a']))).toEqual({ of: 2 })
  expect(store.batches).toEqual([[1], [2]])
})

test('what comes while others are under way goes along together, in the order of what it locks', async () => {
  const store = openStore()
  const ask = gathering(store.run)
  const all = Promise.all(Array.from({ length: 40 }, (_, value) => ask(value, [`${99 - value}`])))
  const rows = await untilDone(store, all)
  expect(rows).toEqual(Array.from({ length: 40 }, (_, value) => ({ of: value })))
  expect(Math.max(...store.batches.map(({ length }) => length))).toBe(MOST_AT_ONCE)
  for (const batch of store.batches) expect(batch).toEqual(batch.toSorted((left, right) => right - left))
})

test('whoever is refused is refused alone, and all others are kept exactly once', async () => {
  const anyValues = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(anyValues, fc.nat(7), async (values, bad) => {
      const isBad = (value: number) => value % 8 === bad
      const store = openStore({ refuses: value => (isBad(value) ? '22003' : undefined) })
      const ask = gathering(store.run)
      const ends = Promise.allSettled(values.map(value => ask(value, [String(value)])))
      const settled = await untilDone(store, ends)
      expect(settled.map(({ status }) => status === 'rejected')).toEqual(values.map(isBad))
      expect(store.kept.toSorted()).toEqual(values.filter(value => !isBad(value)).toSorted())
    }),
    { numRuns: 50 },
  )
})

test('those that touch the same are never under way at once, keep their order, and hold up nobody else', async () => {
  const anyValues = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(anyValues, fc.integer({ min: 1, max: 20 }), async (values, subjects) => {
      const subject = (value: number) => value % subjects
      const store = openStore({ subject })
      const ask = gathering(store.run)
      const all = Promise.all(
        values.map(value => ask(value, [`subject ${subject(value)}`, `event ${value}`])),
      )
      await untilDone(store, all)
      expect(store.together).toBe(false)
      const bySubject = (list: number[]) => Object.groupBy(list, subject)
      expect(bySubject(store.kept)).toEqual(bySubject(values))
    }),
    { numRuns: 50 },
  )
})

test('one that met another in the database is tried once more; what fails again is refused', async () => {
  let left = 1
  const store = openStore({ refuses: () => (left-- > 0 ? '40P01' : undefined) })
  const ask = gathering(store.run)
  expect(await untilDone(store, ask(1, ['a']))).toEqual({ of: 1 })
  left = 2
  const [refused] = await untilDone(store, Promise.allSettled([ask(2, ['a'])]))
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: '40P01' } })
  expect(store.batches).toEqual([[1], [1], [2], [2]])
})

test('without a database all are told at once, and none is tried again', async () => {
  let tries = 0
  const ask = gathering<number, Row>(async () => {
    tries += 1
    await new Promise(resolve => setImmediate(resolve))
    throw new Error('connection terminated')
  })
  const ends = await Promise.allSettled([1, 2, 3, 4].map(value => ask(value, [`${value}`])))
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
  // The first left alone, the others together.
  expect(tries).toBe(2)
})

test('one that the database postponed is asked for again, by itself', async () => {
  const seen: number[][] = []
  const ask = gathering<number, Row>(async values => {
    seen.push(values)
    await new Promise(resolve => setImmediate(resolve))
    return values.map((of, index) => ({ of, postponed: index > 0 && of === 7 }))
  })
  const rows = await Promise.all([1, 2, 3, 6, 7].map(value => ask(value, [`${value}`])))
  expect(rows.map(row => row?.of)).toEqual([1, 2, 3, 6, 7])
  expect(rows.some(row => row?.postponed)).toBe(false)
  expect(seen).toContainEqual([7])
})
