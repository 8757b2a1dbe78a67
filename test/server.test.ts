import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, inject, test } from 'vitest'
import { freePort } from './harness/port.ts'
import { proxyTo } from './harness/proxy.ts'
import {
  type Ended,
  newDatabase,
  type OwnDatabase,
  ready,
  runEmbedded,
  runServer,
  type ServiceProcess,
  seedEmbedded,
  startDemo,
} from './harness/service.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL
const folders: string[] = []
const databases: OwnDatabase[] = []
const running: ServiceProcess[] = []

afterEach(async () => {
  for (const service of running.splice(0)) {
    service.kill('SIGKILL')
    await service.ended
  }
})
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true })
  for (const database of databases) await database.drop()
})

const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`

/** A place to run the service in, on a database with the schema; `start` may be called again with other settings. */
async function place(more: Record<string, string> = {}, empty = false) {
  const dataDir = mkdtempSync(join(tmpdir(), 'owntill-server-'))
  folders.push(dataDir)
  const port = await freePort()
  const database = server ? await newDatabase(server) : undefined
  if (database) databases.push(database)
  else if (!empty) seedEmbedded(dataDir)
  const own = { PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: database?.url ?? '', ...more }
  const url = `http://127.0.0.1:${port}`
  function start(env: Record<string, string> = {}): ServiceProcess {
    const service = runServer({ STRIPE_API_URL: inject('sandboxUrl'), ...own, ...env })
    running.push(service)
    return service
  }
  return {
    url,
    /** Only while no service runs. */
    sql: (text: string) => (database ? database.run(text) : runEmbedded(dataDir, text)),
    start,
    async startAndStop(env?: Record<string, string>): Promise<Ended> {
      const service = start(env)
      await ready(url, service)
      service.kill('SIGTERM')
      return service.ended
    },
  }
}

function expectRefusal({ code, said }: Ended, words: string): void {
  expect(said).toContain(words)
  expect(code).toBe(1)
  expect(said).not.toContain('Server listening')
}

test('a key that is wrong, missing or there twice stops the boot before the port opens', async () => {
  const { start, startAndStop } = await place()
  const [right, other] = [key('k1'), key('k2')]
  await startAndStop({ ENCRYPTION_KEYS: right })

  expectRefusal(await start({ ENCRYPTION_KEYS: key('k1') }).ended, 'another key under the name k1')
  expectRefusal(await start({ ENCRYPTION_KEYS: other }).ended, 'lacks key k1')
  expectRefusal(await start({ ENCRYPTION_KEYS: `${right},${key('k1')}` }).ended, 'the same kid twice')
  expectRefusal(await start({ ENCRYPTION_KEYS: 'k1:short' }).ended, 'ENCRYPTION_KEYS must be')

  expect((await startAndStop({ ENCRYPTION_KEYS: `${other},${right}` })).code).toBe(0)
}, 180_000)

test('the data folder is nobody else’s to look into, from the first moment', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'owntill-server-'))
  folders.push(parent)
  const DATA_DIR = join(parent, 'data')
  const { start } = await place({ DATA_DIR, NODE_COMPILE_CACHE: '' }, true)
  expectRefusal(await start({ ENCRYPTION_KEYS: 'k1:short' }).ended, 'ENCRYPTION_KEYS must be')
  expect(statSync(join(DATA_DIR, 'compiled')).isDirectory()).toBe(true)
  expect(statSync(DATA_DIR).mode & 0o077).toBe(0)
}, 60_000)

test('a migration that fails stops the boot', async () => {
  const { start, sql } = await place({}, true)
  await sql('create table partners (id int)')
  expectRefusal(await start().ended, 'relation "partners" already exists')
}, 180_000)

test('a database of a newer release stops the boot', async () => {
  const { start, startAndStop, sql } = await place()
  await startAndStop()
  await sql("insert into migrations (name, checksum) values ('9999_newer.sql', '')")
  expectRefusal(await start().ended, '9999_newer.sql, which this release does not know')
}, 180_000)

test('a second process in one data folder is refused instead of destroying the database', async () => {
  const { url, start } = await place({ DATABASE_URL: '' })
  const first = start()
  await ready(url, first)
  expectRefusal(await start({ PORT: '0' }).ended, `is in use by process ${first.pid}`)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
}, 180_000)

test('asked to stop, it lets a payment under way end and exits 0 within ten seconds', async () => {
  const demo = await startDemo(server || undefined)
  const page = await fetch(`${demo.url}/demo/order`)
  await fetch(`${demo.sandboxUrl}/console/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: 'POST /v1/payment_intents', kind: 'delay', ms: 1_500, times: 1 }),
  })
  const paying = fetch(`${page.url}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: demo.url },
    body: '{}',
  })
  await new Promise(resolve => setTimeout(resolve, 500))
  const asked = Date.now()
  const [answer] = await Promise.all([paying, demo.close()])
  expect(Date.now() - asked).toBeLessThan(10_000)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toHaveProperty('client_secret')
}, 180_000)

test.runIf(server)(
  'the database away is a 503, and it is back without a restart',
  async () => {
    const database = await newDatabase(server!)
    databases.push(database)
    const real = new URL(database.url)
    const proxy = await proxyTo(real.hostname, Number(real.port || 5432))
    const detour = new URL(database.url)
    detour.host = `127.0.0.1:${proxy.port}`
    const { url, start } = await place({ DATABASE_URL: detour.href })
    const service = start()
    await ready(url, service)
    const statuses = async () => {
      const paths = ['/readyz', '/stripe/status/0199d3a0-0000-7000-8000-00000000000a', '/healthz']
      return Promise.all(paths.map(async path => (await fetch(url + path)).status))
    }
    expect(await statuses()).toEqual([200, 200, 200])

    for (let round = 0; round < 2; round += 1) {
      await proxy.cut()
      expect(await statuses()).toEqual([503, 503, 200])
      await proxy.mend()
      expect(await statuses()).toEqual([200, 200, 200])
    }
    service.kill('SIGTERM')
    expect((await service.ended).code).toBe(0)
    await proxy.cut()
  },
  180_000,
)

test('without INTERNAL_SECRET one is generated, printed once, and lets its holder in', async () => {
  const here = await place()
  const first = here.start()
  await ready(here.url, first)
  const secret = /X-Internal-Secret {2}([\w-]{43}) /.exec(first.said())?.[1] ?? ''
  const answer = await fetch(`${here.url}/api/internal/stores/x`, {
    headers: { 'x-internal-secret': secret },
  })
  expect(answer.status).toBe(404)
  first.kill('SIGTERM')
  await first.ended

  const second = here.start()
  await ready(here.url, second)
  expect(second.said()).not.toContain(secret)
}, 180_000)

test('a secret that was revoked stays revoked, and does not keep the service from starting', async () => {
  const secret = randomBytes(32).toString('base64url')
  const here = await place({ INTERNAL_SECRET: secret })
  await here.startAndStop()
  await here.sql('update partner_secrets set revoked_at = now()')
  const service = here.start()
  await ready(here.url, service)
  const answer = await fetch(`${here.url}/api/internal/stores/x`, {
    headers: { 'x-internal-secret': secret },
  })
  expect(answer.status).toBe(401)
}, 180_000)

test('a demo that is killed takes its sandbox with it', async () => {
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const here = await place({
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    STRIPE_API_URL: 'sandbox',
  })
  const service = here.start({ STRIPE_API_URL: 'sandbox' })
  const sandbox = `http://127.0.0.1:${sandboxPort}/console/api/accounts`
  await ready(`http://127.0.0.1:${port}`, service)
  expect((await fetch(sandbox)).status).toBe(200)
  service.kill('SIGKILL')
  await service.ended
  const gone = async () =>
    fetch(sandbox).then(
      () => false,
      () => true,
    )
  for (let n = 0; n < 200 && !(await gone()); n++) await new Promise(resolve => setTimeout(resolve, 50))
  expect(await gone()).toBe(true)
}, 180_000)
