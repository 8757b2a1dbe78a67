import { setTimeout as sleep } from 'node:timers/promises'
import { cpuOf } from './cpu.ts'
import { type Figure, median, medianRatio, ms } from './figures.ts'
import { type Intake, openIntake } from './intake.ts'
import { rounds } from './rounds.ts'
import type { Bench } from './sections.ts'

/** Deliveries a second: those of merchants that can be routed, and those that nobody signed. */
const ROUTED = 200
const FOREIGN = 500

/** What a flood of deliveries that look right and verify for nobody costs those that are meant for somebody. */
export async function strangers(bench: Bench): Promise<Figure[]> {
  const stores = bench.quick ? 100 : 10_000
  bench.say(`strangers: making ${stores.toLocaleString('en')} tenants`)
  const intake = await openIntake(bench, 'strangers', stores)
  const count = bench.quick ? 200 : 2_000
  const routed = async () => intake.deliver(await intake.events(count), 32, ROUTED)
  const { calm, flooded, alone } = await rounds(bench, 'strangers', {
    calm: routed,
    async flooded() {
      const flood = await intake.flood(FOREIGN)
      const run = await routed()
      flood.stop()
      return run
    },
    alone: () => shareOfCore(intake, bench.quick ? 1_000 : 10_000),
  })
  await intake.close()
  const p99 = (runs: { p99: number }[]) => runs.map(run => run.p99)
  return [
    {
      title: `webhook, p99 during ${FOREIGN} unroutable a second`,
      ours: ms(median(p99(flooded))),
      baseline: `${ms(median(p99(calm)))} without`,
      value: medianRatio(p99(flooded), p99(calm)),
      unit: '×',
      goal: { atMost: 2 },
    },
    {
      title: `share of a core spent on ${FOREIGN} unroutable a second`,
      ours: '',
      baseline: '',
      value: median(alone),
      unit: '×',
      goal: { atMost: 0.2 },
    },
  ]
}

async function shareOfCore(intake: Intake, milliseconds: number): Promise<number> {
  const flood = await intake.flood(FOREIGN)
  const before = cpuOf(intake.pid)
  await sleep(milliseconds)
  const spent = cpuOf(intake.pid) - before
  flood.stop()
  return spent / 1_000 / milliseconds
}
