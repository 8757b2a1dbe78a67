import { costing } from './costs.ts'
import { type Figure, median, medianRatio, ms, rate } from './figures.ts'
import type { Costed } from './intake.ts'
import { load } from './load.ts'
import { rounds } from './rounds.ts'
import type { Bench } from './sections.ts'

const CONNECTIONS = 32

/** One side of a comparison: requests made fresh for each round, and what each must be answered with. */
export type Side = {
  origin: string
  /** The server's process. */
  pid: number
  requests(count: number): Buffer[] | Promise<Buffer[]>
  status: number
}

/** Two servers under the same load in turn: a row for their speeds, and one for what a request costs them. */
export async function versus(
  bench: Bench,
  title: string,
  ours: Side,
  bare: Side,
  { atLeast, count }: { atLeast: number; count: number },
): Promise<Figure[]> {
  const run = async ({ requests, pid, ...side }: Side) => {
    const made = await requests(bench.quick ? count / 8 : count)
    return costing(bench.postgres, pid, () => load({ ...side, connections: CONNECTIONS, requests: made }))
  }
  const result = await rounds(bench, title, { bare: () => run(bare), ours: () => run(ours) })
  const speed: Figure = {
    title,
    ours: shownRuns(result.ours),
    baseline: shownRuns(result.bare),
    value: medianRatio(speeds(result.ours), speeds(result.bare)),
    unit: '×',
    goal: { atLeast },
  }
  return bench.quick ? [speed] : [speed, cost(title, result.ours, result.bare)]
}

function cost(title: string, ours: Costed[], bare: Costed[]): Figure {
  const all = (runs: Costed[]) => runs.map(({ node, postgres }) => node + postgres)
  const shown = (runs: Costed[]) =>
    `${Math.round(median(runs.map(({ node }) => node)))} + ${Math.round(median(runs.map(({ postgres }) => postgres)))} µs`
  return {
    title: `${title}, CPU in Node + Postgres`,
    ours: shown(ours),
    baseline: shown(bare),
    value: medianRatio(all(ours), all(bare)),
    unit: '×',
  }
}

export const speeds = (runs: { perSecond: number }[]): number[] => runs.map(({ perSecond }) => perSecond)

export const shownRuns = (runs: Costed[]): string =>
  `${rate(median(speeds(runs)))}, p50 ${ms(median(runs.map(({ p50 }) => p50)))}, p99 ${ms(median(runs.map(({ p99 }) => p99)))}`
