import { type Figure, median, medianRatio, ms, rate } from './figures.ts'
import { load, type Run } from './load.ts'
import { rounds } from './rounds.ts'
import type { Bench } from './sections.ts'

const CONNECTIONS = 32

/** One side of a comparison: requests made fresh for each round, and what each must be answered with. */
export type Side = {
  origin: string
  requests(count: number): Buffer[] | Promise<Buffer[]>
  status: number
  onBody?: (body: Buffer) => void
}

/** Two servers under the same load in turn: a row of the table. */
export async function versus(
  bench: Bench,
  title: string,
  ours: Side,
  bare: Side,
  { atLeast, count }: { atLeast: number; count: number },
): Promise<Figure> {
  const size = bench.quick ? count / 8 : count
  const run = async ({ requests, ...side }: Side) =>
    load({ ...side, connections: CONNECTIONS, requests: await requests(size) })
  const result = await rounds(bench, title, { bare: () => run(bare), ours: () => run(ours) })
  return {
    title,
    ours: shown(result.ours),
    baseline: shown(result.bare),
    value: medianRatio(speeds(result.ours), speeds(result.bare)),
    unit: '×',
    goal: { atLeast },
  }
}

const speeds = (runs: Run[]): number[] => runs.map(({ perSecond }) => perSecond)

const shown = (runs: Run[]): string =>
  `${rate(median(speeds(runs)))}, p50 ${ms(median(runs.map(({ p50 }) => p50)))}, p99 ${ms(median(runs.map(({ p99 }) => p99)))}`
