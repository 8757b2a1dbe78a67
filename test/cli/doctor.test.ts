import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { examine } from '../../src/cli/doctor/examine.ts'
import { checkEndpoints } from '../../src/cli/doctor/outside.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { makeJobs } from '../../src/jobs/jobs.ts'
import { makeMail } from '../../src/mail/mail.ts'
import { codeMessage } from '../../src/owners/letters.ts'
import { markInvalid } from '../../src/stores/connections.ts'
import { checkKeys } from '../../src/vault/canaries.ts'
import { makeVault } from '../../src/vault/vault.ts'
import { callStripe, listAtStripe } from '../harness/at-stripe.ts'
import { cli, commandsTakeTime } from '../harness/cli.ts'
import { type House, openHouse } from '../harness/house.ts'
import { freePort } from '../harness/port.ts'
import { newDatabase } from '../harness/service.ts'
import { newKeys, openShop } from '../harness/shop.ts'

commandsTakeTime()

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL
const folder = mkdtempSync(join(tmpdir(), 'owntill-doctor-'))
const closing: (() => Promise<unknown>)[] = []
const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`

const settings: Record<string, string> = {
  DATA_DIR: folder,
  ENCRYPTION_KEYS: key('k1'),
  STRIPE_API_URL: inject('sandboxUrl'),
}

/** What the doctor finds with these settings: the worst state of each check, and everything that was said. */
async function look(more: Record<string, string> = {}) {
  const findings = await examine({ ...settings, ...more })
  const of = (check: string) => findings.filter(finding => finding.check === check)
  return { findings, of, states: (check: string) => of(check).map(({ state }) => state) }
}

async function inDatabase(work: (db: Database) => Promise<unknown>): Promise<void> {
  const db = await openDatabase(readConfig(settings))
  await work(db)
  await db.close()
}

beforeAll(async () => {
  if (server) {
    const database = await newDatabase(server)
    settings.DATABASE_URL = database.url
    closing.push(database.drop)
  }
  await cli(settings)('migrate')
  await inDatabase(async db => {
    const jobs = makeJobs(db, { error: () => undefined, warn: () => undefined })
    await jobs.start([{ name: 'sweep-the-floor', cron: '0 0 29 2 *', work: async () => undefined }])
    await jobs.stop(3)
  })
})
afterAll(async () => {
  for (const close of closing) await close()
  rmSync(folder, { recursive: true })
})

test('of a healthy service every line is ok, nothing is to be done, and it exits 0', async () => {
  const { code, said } = await cli(settings)('doctor')
  const lines = said.split('\n')
  expect(lines.filter(line => !line.startsWith('ok '))).toEqual([])
  expect(lines.length).toBeGreaterThanOrEqual(9)
  expect(code).toBe(0)
})

test('--json says the same for programs', async () => {
  const { code, said } = await cli(settings)('doctor --json')
  expect(code).toBe(0)
  const stated = ({ check, state }: { check: string; state: string }) => [check, state]
  expect(JSON.parse(said).map(stated)).toEqual((await look()).findings.map(stated))
})

test('wrong settings are named one by one, and it exits 1', async () => {
  const { code, said } = await cli({ ...settings, PORT: 'x', NODE_ENV: 'production' })('doctor')
  expect(code).toBe(1)
  expect(said).toMatch(/^broken +settings +PORT has a value we cannot use$/m)
  expect(said).toMatch(/^broken +settings +MAIL_FROM is required in production$/m)
  expect(said).toMatch(/^not checked +database/m)
})

test('what is allowed but rarely meant is a warning', async () => {
  expect((await look({ TRUST_PROXY: 'true' })).states('settings')).toEqual(['warning'])
})

test('a database that does not answer is broken, and its password is not told', async () => {
  const url = `postgres://owntill:canary@127.0.0.1:${await freePort()}/owntill`
  const { of, states, findings } = await look({ DATABASE_URL: url })
  expect(of('database')[0]).toMatchObject({ state: 'broken', said: expect.stringContaining('ECONNREFUSED') })
  expect(states('migrations')).toEqual(['not checked'])
  expect(states('Stripe')).toEqual(['ok'])
  expect(JSON.stringify(findings)).not.toContain('canary')
})

test('a database without the schema of this release is broken', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'owntill-doctor-'))
  const database = server ? await newDatabase(server) : undefined
  const { of } = await look({ DATA_DIR: empty, DATABASE_URL: database?.url ?? '' })
  expect(of('migrations')[0]).toMatchObject({
    state: 'broken',
    next: expect.stringContaining('owntill migrate'),
  })
  await database?.drop()
  rmSync(empty, { recursive: true })
})

test('a database that is newer than this release is broken', async () => {
  await inDatabase(db =>
    db.engine.query("insert into migrations (name, checksum) values ('9999_later.sql', '')"),
  )
  expect((await look()).states('migrations')).toEqual(['broken'])
  await inDatabase(db => db.engine.query("delete from migrations where name = '9999_later.sql'"))
})

test('keys: another one under the same name is broken, one that is to be rotated is a warning', async () => {
  await inDatabase(async db => {
    const config = readConfig(settings)
    const vault = makeVault(config.masterKeys)
    await checkKeys(db, vault)
    await makeMail(config, db, vault).post(db, codeMessage('a@example.com', '1234 5678', 10), 10)
  })
  expect((await look({ ENCRYPTION_KEYS: key('k1') })).states('encryption keys')).toEqual(['broken'])
  const rotating = await look({ ENCRYPTION_KEYS: `${key('k2')},${settings.ENCRYPTION_KEYS}` })
  expect(rotating.of('encryption keys')[0]).toMatchObject({
    state: 'warning',
    next: 'Run owntill keys rotate.',
  })
})

test('jobs: nobody who works on them is broken, failed ones are a warning', async () => {
  await inDatabase(db =>
    db.engine.query("update jobs.queue set failed_count = 3 where name = 'sweep-the-floor'"),
  )
  expect((await look()).of('jobs')[0]).toMatchObject({
    state: 'warning',
    said: 'failed: 3 of sweep-the-floor',
  })
  await inDatabase(db => db.engine.query("update jobs.version set cron_on = now() - interval '1 hour'"))
  expect((await look()).states('jobs')).toEqual(['broken'])
  await inDatabase(db =>
    db.engine.script('update jobs.version set cron_on = now(); update jobs.queue set failed_count = 0'),
  )
})

test('Stripe out of reach is broken', async () => {
  const { of } = await look({ STRIPE_API_URL: `http://127.0.0.1:${await freePort()}` })
  expect(of('Stripe')[0]).toMatchObject({ state: 'broken', said: 'does not answer (ECONNREFUSED)' })
})

test.each([
  [60, 'warning', 'behind'],
  [-60, 'warning', 'ahead'],
  [300, 'broken', 'behind'],
])('a clock that is %s s away from Stripe’s is found (%s)', async (seconds, state, said) => {
  const stripe = createHttpServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() + seconds * 1_000).toUTCString())
    response.writeHead(401).end()
  })
  await new Promise<void>(resolve => stripe.listen(0, '127.0.0.1', resolve))
  const { port } = stripe.address() as { port: number }
  const { of } = await look({ STRIPE_API_URL: `http://127.0.0.1:${port}` })
  expect(of('clock')[0]).toMatchObject({ state, said: expect.stringContaining(said) })
  await new Promise(resolve => stripe.close(resolve))
})

test.each([
  ['no server', undefined, 'ESOCKET'],
  ['a wrong password', '535 no', 'EAUTH'],
])('mail: %s is broken, and the password is not told', async (_what, refusal, code) => {
  const smtp = createServer(socket => {
    if (refusal === undefined) return socket.destroy()
    socket.write('220 mail.example ESMTP\r\n')
    socket.on('error', () => undefined)
    socket.on('data', data => {
      const auth = /^(AUTH|EHLO|QUIT)/.exec(String(data))?.[1]
      socket.write(auth === 'EHLO' ? '250-mail.example\r\n250 AUTH PLAIN\r\n' : `${refusal}\r\n`)
    })
  })
  const port = await freePort()
  if (refusal) await new Promise<void>(resolve => smtp.listen(port, '127.0.0.1', resolve))
  const { of, findings } = await look({
    SMTP_URL: `smtp://me:canary@127.0.0.1:${port}?ignoreTLS=true`,
    MAIL_FROM: 'pay@example.com',
  })
  expect(of('mail')[0]).toMatchObject({ state: 'broken', said: expect.stringContaining(code) })
  expect(JSON.stringify(findings)).not.toContain('canary')
  if (refusal) await new Promise(resolve => smtp.close(resolve))
})

test('endpoints that drifted, and connections without one or with a refused key, are warnings', async () => {
  const house: House = await openHouse()
  closing.push(house.close)
  const found = async () => (await checkEndpoints(house.deps)).map(({ state, said }) => `${state}: ${said}`)
  const drifted = await openShop(house)
  expect(await found()).toEqual(['ok: as they should be, 1 of 1 looked at'])

  await openShop(house, newKeys('NoWebhooks', 'test', 'rk'))
  const [endpoint] = await listAtStripe(house, drifted, 'webhook_endpoints')
  await callStripe(house, drifted, 'POST', `webhook_endpoints/${endpoint.id}`, { disabled: 'true' })
  expect(await found()).toEqual([
    expect.stringContaining('warning: 1 of 2 connections have none'),
    `warning: that of ${drifted.id} (test) is disabled`,
  ])

  await callStripe(house, drifted, 'DELETE', `webhook_endpoints/${endpoint.id}`)
  expect((await found())[1]).toContain('is gone at Stripe')
  const { store_id, id } = (await house.deps.db
    .selectFrom('connections')
    .select(['store_id', 'id'])
    .where('store_id', '=', drifted.id)
    .executeTakeFirst())!
  await markInvalid(house.deps.db, { store_id, id })
  expect((await found())[0]).toBe('warning: Stripe refuses the keys of 1')
})

test('called wrongly, it says how', async () => {
  expect((await cli(settings)('doctor --store 7')).code).toBe(2)
})
