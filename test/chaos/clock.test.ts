import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, openInstallation } from '../harness/installation.ts'
import { send, withDuplicates } from '../harness/sender.ts'
import { type RunningSandbox, startSandbox } from '../sandbox.ts'
import { type OwnPostgres, ownPostgres } from './postgres.ts'
import { report, size } from './size.ts'

const folder = mkdtempSync(join(tmpdir(), 'owntill-clock-'))
const file = join(folder, 'offset')
const setClock = (seconds: number) => writeFileSync(file, String(seconds * 1_000))

let postgres: OwnPostgres
let sandbox: RunningSandbox
let installation: Installation

beforeAll(async () => {
  setClock(0)
  ;[postgres, sandbox] = await Promise.all([ownPostgres(), startSandbox()])
  installation = await openInstallation(postgres.url, sandbox.url, {
    NODE_OPTIONS: `--import ${new URL('../harness/stepping-clock.ts', import.meta.url).pathname}`,
    STEPPING_CLOCK: file,
  })
})
afterAll(async () => {
  await installation?.close()
  await sandbox?.stop()
  await postgres?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the clock stepping by hours both ways: deliveries are put off, none is lost or applied twice, no order ends early', async () => {
  const events = await installation.orders(size(400, 60))
  const deliveries = withDuplicates(events, 0.2)
  // Ahead and behind by more than a signature may be off, by less, and right again.
  const steps = [3_600, -3_600, 120, -86_400, 0]
  const every = Math.floor(deliveries.length / (steps.length + 1))
  let stepped = 0
  const righted: Promise<void>[] = []
  const sent = await send(deliveries, () => installation.first.url, {
    at: done => {
      if (done < every * (stepped + 1) || stepped >= steps.length) return
      setClock(steps[stepped]!)
      stepped += 1
      righted.push(later(400).then(() => setClock(0)))
    },
  })
  await Promise.all(righted)

  const tally = await installation.tally(events)
  report('5 steps of the clock', { delivered: deliveries.length, tries: sent.tries, ...tally })
  report('answers', Object.fromEntries(sent.statuses))
  expect(stepped).toBe(steps.length)
  expect(sent.statuses.get(400)).toBeGreaterThan(0)
  expect([...sent.statuses.keys()].filter(status => status !== 200 && status !== 400)).toEqual([])
  expect(tally).toEqual({ applied: events.length, lost: 0, doubled: 0 })
  const { rows } = await installation.query(
    "select count(*)::int as count from orders where status = 'expired'",
  )
  expect(rows).toEqual([{ count: 0 }])
  expect((await fetch(`${installation.first.url}/readyz`)).status).toBe(200)
})

const later = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))
