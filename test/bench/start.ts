import { memoryOf } from './cpu.ts'
import { type Figure, median } from './figures.ts'
import { openIntake } from './intake.ts'
import { rounds } from './rounds.ts'
import type { Bench } from './sections.ts'

/** From the command to the open port on a database with nothing to migrate, and what the process grows to. */
export async function start(bench: Bench): Promise<Figure[]> {
  const intake = await openIntake(bench, 'start', 20)
  const { starts } = await rounds(bench, 'start', { starts: () => intake.restart() })
  bench.say('start: memory under load')
  for (let turn = 0; turn < (bench.quick ? 1 : 4); turn++) {
    await intake.deliver(await intake.events(4_000), 32)
  }
  const { most } = memoryOf(intake.pid)
  await intake.close()
  return [
    {
      title: 'start to listening, nothing to migrate',
      ours: `${Math.round(Math.min(...starts))} to ${Math.round(Math.max(...starts))} ms`,
      baseline: '',
      value: median(starts) / 1_000,
      unit: 's',
      goal: { atMost: 0.8 },
    },
    {
      title: 'memory under load',
      ours: '',
      baseline: '',
      value: most,
      unit: 'MB',
      goal: { atMost: 250 },
    },
  ]
}
