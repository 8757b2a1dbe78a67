import { type Figure, median, medianRatio, rate } from './figures.ts'
import { type Costed, type Intake, openIntake, ownUrl } from './intake.ts'
import { rounds } from './rounds.ts'
import type { Bench } from './sections.ts'
import { shownRuns, speeds } from './versus.ts'

const STORES = 20

/** Taking webhooks, all of it, beside the least that Postgres could do for one and the least that HTTP could. */
export async function webhooks(bench: Bench): Promise<Figure[]> {
  const intake = await openIntake(bench, 'webhooks', STORES)
  const figures: Figure[] = []
  for (const connections of bench.quick ? [32] : [1, 8, 32]) {
    figures.push(...(await flood(bench, intake, connections)))
  }
  figures.push(await retries(bench, intake), await steady(bench, intake))
  await intake.close()
  return figures
}

async function flood(bench: Bench, intake: Intake, connections: number): Promise<Figure[]> {
  const count = (connections === 1 ? 800 : 4_000) / (bench.quick ? 4 : 1)
  const at = `${connections} ${connections === 1 ? 'connection' : 'connections'}`
  const { minimal, shared, own, verify, sync } = await rounds(bench, `webhooks, ${at}`, {
    minimal: () => intake.minimal(count, connections),
    shared: async () => intake.deliver(await intake.events(count), connections),
    own: async () => intake.deliver(await intake.events(count, ownUrl), connections),
    verify: () => intake.verify(count, connections),
    sync: () => intake.sync(count, connections),
  })
  const baseline = `${rate(median(speeds(minimal)))} pgbench`
  const goal = { 1: { atLeast: 0.3 }, 32: { atLeast: 1 } }[connections]
  const figures: Figure[] = [
    {
      title: `webhook, shared URL, ${at}`,
      ours: shownRuns(shared),
      baseline,
      value: medianRatio(speeds(shared), speeds(minimal)),
      unit: '×',
      goal,
    },
    {
      title: `webhook, own URL, ${at}`,
      ours: shownRuns(own),
      baseline,
      value: medianRatio(speeds(own), speeds(minimal)),
      unit: '×',
      goal,
    },
    {
      title: `webhook beside signature only, ${at}`,
      ours: shownRuns(shared),
      baseline: shownRuns(verify),
      value: medianRatio(speeds(shared), speeds(verify)),
      unit: '×',
    },
  ]
  figures.push({
    title: `webhook beside stripe-sync-engine, ${at}`,
    ours: shownRuns(shared),
    baseline: shownRuns(sync),
    value: medianRatio(speeds(shared), speeds(sync)),
    unit: '×',
    goal: connections === 32 ? { atLeast: 1.3 } : undefined,
  })
  if (connections === 32) figures.push(...costs(bench, shared, verify, minimal))
  return figures
}

function costs(
  { postgres }: Bench,
  shared: Costed[],
  verify: Costed[],
  minimal: { postgres: number }[],
): Figure[] {
  const node = (runs: Costed[]) => runs.map(run => run.node)
  const inPostgres = (runs: { postgres: number }[]) => runs.map(run => run.postgres)
  const slowest: Figure = {
    title: 'webhook, shared URL, 32 connections, p99',
    ours: shownRuns(shared),
    baseline: '',
    value: median(shared.map(({ p99 }) => p99)),
    unit: 'ms',
    goal: { atMost: 20 },
  }
  const inNode: Figure = {
    title: 'CPU in Node per webhook',
    ours: `${Math.round(median(node(shared)))} µs`,
    baseline: `${Math.round(median(node(verify)))} µs signature only`,
    value: medianRatio(node(shared), node(verify)),
    unit: '×',
    goal: { atMost: 4 },
  }
  if (!postgres.pid) return [slowest, inNode]
  return [
    slowest,
    inNode,
    {
      title: 'CPU in Postgres per webhook',
      ours: `${Math.round(median(inPostgres(shared)))} µs`,
      baseline: `${Math.round(median(inPostgres(minimal)))} µs pgbench`,
      value: medianRatio(inPostgres(shared), inPostgres(minimal)),
      unit: '×',
      goal: { atMost: 1 },
    },
  ]
}

async function retries(bench: Bench, intake: Intake): Promise<Figure> {
  const count = bench.quick ? 500 : 4_000
  let requests: Buffer[] = []
  const { first, again } = await rounds(bench, 'webhooks, retries', {
    async first() {
      requests = await intake.events(count)
      return intake.deliver(requests, 32)
    },
    // Rounds change their order; the warm-up has delivered some in any case.
    again: () => intake.deliver(requests, 32),
  })
  return {
    title: 'webhook, retries',
    ours: shownRuns(again),
    baseline: `${shownRuns(first)} first`,
    value: medianRatio(speeds(again), speeds(first)),
    unit: '×',
    goal: { atLeast: 1.5 },
  }
}

async function steady(bench: Bench, intake: Intake): Promise<Figure> {
  const { calm } = await rounds(bench, 'webhooks, 1,000 a second', {
    calm: async () => intake.deliver(await intake.events(bench.quick ? 500 : 4_000), 32, 1_000),
  })
  return {
    title: 'webhook, steady 1,000/s, p99',
    ours: shownRuns(calm),
    baseline: '',
    value: median(calm.map(({ p99 }) => p99)),
    unit: 'ms',
    goal: { atMost: 10 },
  }
}
