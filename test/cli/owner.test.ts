import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { findSession, openSession } from '../../src/owners/sessions.ts'
import { cli, commandsTakeTime } from '../harness/cli.ts'
import { newDatabase, type OwnDatabase } from '../harness/service.ts'

commandsTakeTime()

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL
const env: Record<string, string> = { DATA_DIR: mkdtempSync(join(tmpdir(), 'owntill-owner-')) }
let database: OwnDatabase | undefined

beforeAll(async () => {
  database = server ? await newDatabase(server) : undefined
  if (database) env.DATABASE_URL = database.url
  await cli(env)('migrate')
})
afterAll(async () => {
  await database?.drop()
  rmSync(env.DATA_DIR!, { recursive: true })
})

async function inDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(readConfig(env))
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

test('an operator signs an owner out everywhere, and nobody else', async () => {
  const open = (email: string) => inDatabase(db => openSession(db, email, null))
  const [here, there, other] = [
    await open('a@example.com'),
    await open('a@example.com'),
    await open('b@example.com'),
  ]
  expect((await cli(env)('owner sign-out A@Example.com')).said).toBe('ended 2 sessions')
  const alive = (token: string) => inDatabase(async db => (await findSession(db, token)) !== undefined)
  expect([await alive(here), await alive(there), await alive(other)]).toEqual([false, false, true])
  expect((await cli(env)('owner sign-out a@example.com')).said).toBe('ended 0 sessions')
  expect((await cli(env)('owner sign-out nobody')).code).toBe(2)
})
