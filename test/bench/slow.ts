import { type Figure, median, medianRatio, rate } from './figures.ts'
import { openIntake } from './intake.ts'
import { rounds } from './rounds.ts'
import type { Bench } from './sections.ts'

/** Webhooks on a disk that takes a millisecond longer for each commit. Needs a Postgres of our own. */
export async function slow(bench: Bench): Promise<Figure[]> {
  if (!bench.postgres.pid || bench.quick) return []
  const intake = await openIntake(bench, 'slow', 20)
  await bench.postgres.set('commit_delay', '1000')
  await bench.postgres.set('commit_siblings', '0')
  const figures: Figure[] = []
  for (const connections of [8, 32]) {
    const { minimal, ours } = await rounds(bench, `slow disk, ${connections} connections`, {
      minimal: () => intake.minimal(4_000, connections),
      ours: async () => intake.deliver(await intake.events(4_000), connections),
    })
    const speeds = (runs: { perSecond: number }[]) => runs.map(({ perSecond }) => perSecond)
    figures.push({
      title: `webhook, 1 ms more per commit, ${connections} connections`,
      ours: rate(median(speeds(ours))),
      baseline: `${rate(median(speeds(minimal)))} pgbench`,
      value: medianRatio(speeds(ours), speeds(minimal)),
      unit: '×',
      goal: { atLeast: 0.9 },
    })
  }
  await bench.postgres.set('commit_delay', '0')
  await intake.close()
  return figures
}
