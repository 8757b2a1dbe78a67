import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Database } from '../../src/db/database.ts'
import { servedEngine } from '../../src/db/engine.ts'
import { migrate } from '../../src/db/migrate.ts'
import { newSecret } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { checkKeys } from '../../src/vault/canaries.ts'
import { makeVault } from '../../src/vault/vault.ts'
import { addShops } from '../bench/shops.ts'
import { stripeLists } from '../harness/stripe-lists.ts'
import { type OwnPostgres, ownPostgres } from './postgres.ts'
import { report, size } from './size.ts'

const TOTAL = size(100_000, 5_000)

let postgres: OwnPostgres
let db: Database
let lists: Server
let env: Record<string, string>
let store: string
const dataDir = mkdtempSync(join(tmpdir(), 'owntill-backfill-'))

beforeAll(async () => {
  postgres = await ownPostgres()
  db = new Database(servedEngine(new Secret(postgres.url), 4))
  await migrate(db.engine)
  const key = randomBytes(32).toString('base64')
  const vault = makeVault([{ kid: 'test1', key: new Secret(key) }])
  await checkKeys(db, vault)
  const partner = await addPartner(db, 'Partner', new Secret(newSecret()))
  store = (await addShops(db, vault, partner, 1))[0]!.id
  lists = stripeLists(TOTAL, 5).listen(0, '127.0.0.1')
  await once(lists, 'listening')
  env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: postgres.url,
    ENCRYPTION_KEYS: `test1:${key}`,
    STRIPE_API_URL: `http://127.0.0.1:${(lists.address() as AddressInfo).port}`,
    DATA_DIR: dataDir,
  }
})
afterAll(async () => {
  lists?.close()
  await db?.close()
  await postgres?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** `owntill sync`, killed without warning once `until` objects are kept; answers its exit code. */
async function sync(until: number, ...more: string[]): Promise<number | null> {
  const args = ['src/cli/owntill.ts', 'sync', '--store', store, '--types', 'charge', ...more]
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
  const ended = once(child, 'close')
  while (child.exitCode === null && child.signalCode === null) {
    if ((await kept()).done >= until) child.kill('SIGKILL')
    await Promise.race([ended, sleep(5)])
  }
  await ended
  return child.exitCode
}

async function kept(): Promise<{ done: number; objects: number }> {
  const { rows } = await db.engine.query<{ done: number; objects: number }>(
    `select coalesce((select done from sync_cursors where store_id = $1 and type = 'charge'), 0)::int as done,
            (select count(*)::int from stripe_objects where store_id = $1) as objects`,
    [store],
  )
  return rows[0]!
}

test('a backfill that is killed twice goes on where it was, and has everything once', async () => {
  const began = performance.now()
  const stops: number[] = []
  for (const [share, ...more] of [[0.3], [0.6, '--continue']] as [number, ...string[]][]) {
    expect(await sync(TOTAL * share, ...more)).toBe(null)
    stops.push((await kept()).done)
  }
  // Killed on the way, not at the end; and the second one did not begin anew.
  expect(stops[0]).toBeLessThan(TOTAL * 0.6)
  expect(stops[1]).toBeLessThan(TOTAL)
  expect(await sync(Number.POSITIVE_INFINITY, '--continue', '--verify')).toBe(0)
  expect(await kept()).toEqual({ done: TOTAL, objects: TOTAL })
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  report('backfill killed twice', { objects: TOTAL, 'killed at': stops.join(' and '), seconds })
})
