import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { makeBareTables, startStripeStub } from './baseline.ts'
import { type Figure, fallsShort, plain } from './figures.ts'
import { openHouse } from './house.ts'
import { openPostgres } from './postgres.ts'
import { stopAll } from './processes.ts'
import { writeReport } from './report.ts'
import { type Bench, sections } from './sections.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
  },
})

/** A figure that falls short is printed, not failed: absolute machines differ, and a benchmark is not a test. */
async function main(): Promise<void> {
  const unknown = values.only.find(name => !(name in sections))
  if (unknown) throw new Error(`--only ${unknown}: there are ${Object.keys(sections).join(', ')}`)
  const names = Object.keys(sections).filter(name => values.only.length === 0 || values.only.includes(name))
  const count = Number(values.rounds ?? (values.quick ? 1 : 3))

  const [load = 0] = loadavg()
  say('starting Postgres')
  const postgres = await openPostgres()
  try {
    const stripeUrl = await startStripeStub()
    const bench: Bench = {
      postgres,
      bareUrl: await makeBareTables(postgres),
      stripeUrl,
      house: await openHouse(postgres, 'doors', 20, { stripeUrl }),
      rounds: count,
      quick: values.quick,
      say,
    }
    const figures: Figure[] = []
    for (const name of names) figures.push(...(await sections[name]!(bench)))
    await bench.house.close()
    say('')
    print(figures)
    if (!values.quick && values.only.length === 0) {
      writeReport(figures, { postgres: postgres.version, rounds: count, load })
    }
  } finally {
    await postgres.close()
    await stopAll()
  }
}

function print(figures: Figure[]): void {
  console.log(plain(figures))
  const short = figures.filter(fallsShort)
  console.log(
    short.length === 0
      ? '\nEvery goal is reached.'
      : `\nShort of the goal: ${short.map(({ title }) => title).join('; ')}.`,
  )
}

const began = performance.now()

// A terminal shows the one line that is true now; a log keeps them all.
function say(text: string): void {
  const line = text && `${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${text}`
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
  else if (line) process.stderr.write(`${line}\n`)
}

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = true
    void stopAll().then(() => process.exit(1))
  })
}

try {
  await main()
} catch (error) {
  // What fails because everything is being stopped needs no telling, and must not end the stopping.
  if (!interrupted) {
    console.error(error)
    process.exitCode = 1
  }
}
