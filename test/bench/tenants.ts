import { memoryOf } from './cpu.ts'
import { type Figure, median, medianRatio, rate } from './figures.ts'
import { type Intake, openIntake } from './intake.ts'
import { rounds } from './rounds.ts'
import type { Bench } from './sections.ts'

/** The same events for more and more tenants, spread evenly: what finding the right secret costs. */
export async function tenants(bench: Bench): Promise<Figure[]> {
  const sizes = bench.quick ? [10, 100] : [10, 1_000, 100_000]
  const intakes = new Map<number, Intake>()
  for (const size of sizes) {
    bench.say(`tenants: making ${size.toLocaleString('en')}`)
    intakes.set(size, await openIntake(bench, `tenants_${size}`, size))
  }
  const count = bench.quick ? 500 : 4_000
  const contest = Object.fromEntries(
    [...intakes].map(([size, intake]) => [size, async () => intake.deliver(await intake.events(count), 32)]),
  )
  const results = await rounds(bench, 'tenants', contest)
  const speeds = (size: number) => results[size]!.map(({ perSecond }) => perSecond)
  const [fewest, ...more] = sizes as [number, ...number[]]
  const figures: Figure[] = more.map(size => ({
    title: `webhook, ${size.toLocaleString('en')} tenants`,
    ours: rate(median(speeds(size))),
    baseline: `${rate(median(speeds(fewest)))} with ${fewest}`,
    value: medianRatio(speeds(size), speeds(fewest)),
    unit: '×',
    goal: { atLeast: 0.9 },
  }))
  // With few tenants, what each of them adds would drown in what a process takes anyway.
  if (!bench.quick) figures.push(memoryOfTenants(intakes, fewest, sizes.at(-1)!))
  for (const intake of intakes.values()) await intake.close()
  return figures
}

function memoryOfTenants(intakes: Map<number, Intake>, few: number, many: number): Figure {
  const memory = (size: number) => memoryOf(intakes.get(size)!.pid).now
  return {
    title: 'memory for each tenant',
    ours: `${Math.round(memory(many))} MB with ${many.toLocaleString('en')}`,
    baseline: `${Math.round(memory(few))} MB with ${few}`,
    value: Math.max(0, ((memory(many) - memory(few)) * 1_024) / (many - few)),
    unit: 'KB',
    goal: { atMost: 1 },
  }
}
