import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send, withDuplicates } from '../harness/sender.ts'
import { type OwnInstallation, ownInstallation } from './own-installation.ts'
import { report, size } from './size.ts'

const folder = mkdtempSync(join(tmpdir(), 'owntill-clock-'))
const file = join(folder, 'offset')
const setClock = (seconds: number) => writeFileSync(file, String(seconds * 1_000))

let own: OwnInstallation

beforeAll(async () => {
  setClock(0)
  own = await ownInstallation({
    NODE_OPTIONS: `--import ${new URL('../harness/stepping-clock.ts', import.meta.url).pathname}`,
    STEPPING_CLOCK: file,
  })
})
afterAll(async () => {
  await own?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the clock stepping by hours both ways: deliveries are put off, none is lost or applied twice, no order ends early', async () => {
  const { installation } = own
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
