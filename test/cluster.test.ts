import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { freePort } from './harness/port.ts'
import { newDatabase, ready, runServer } from './harness/service.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL
const dataDir = mkdtempSync(join(tmpdir(), 'owntill-cluster-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const start = (env: Record<string, string>) =>
  runServer({ DATA_DIR: dataDir, LOG_LEVEL: 'fatal', ...env }, undefined, [
    'src/cluster.ts',
    '--workers',
    '2',
  ])

test('a cluster does not start on what only one process can use, and says what it needs instead', async () => {
  const { code, said } = await start({}).ended
  expect(code).toBe(1)
  expect(said).toContain('DATABASE_URL is required')
  expect(said).toContain('STRIPE_API_URL cannot be')
})

describe.runIf(server)('a cluster of two', () => {
  test('serves one port, replaces a worker that dies, adds up its figures, and stops clean', async () => {
    const database = await newDatabase(server as string)
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}`
    const service = start({
      PORT: port,
      DATABASE_URL: database.url,
      STRIPE_API_URL: inject('sandboxUrl'),
    })
    try {
      await ready(url, service)
      const before = workersOf(service.pid)
      process.kill(before[0]!, 'SIGKILL')
      await expect
        .poll(() => workersOf(service.pid).filter(pid => !before.includes(pid)), { timeout: 30_000 })
        .toHaveLength(1)
      await ready(url, service)
      for (let asked = 0; asked < 20; asked += 1) expect((await fetchOnce(`${url}/healthz`)).status).toBe(200)
      await expect
        .poll(async () => counted(await (await fetchOnce(`${url}/metrics`)).text()), { timeout: 30_000 })
        .toBeGreaterThan(19)
    } finally {
      service.kill('SIGTERM')
    }
    expect((await service.ended).code).toBe(0)
    await database.drop()
  }, 120_000)
})

/** On a connection of its own, so that any worker may answer. */
const fetchOnce = (address: string) => fetch(address, { headers: { connection: 'close' } })

/** How many health checks all workers answered together. */
const counted = (text: string): number =>
  Number(/http_request_duration_seconds_count\{[^}]*route="\/healthz"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0)

function workersOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}
