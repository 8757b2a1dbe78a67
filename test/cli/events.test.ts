import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listActivity } from '../../src/audit/audit.ts'
import { readConfig } from '../../src/config.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { newId } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { createStore } from '../../src/stores/stores.ts'
import { cli, commandsTakeTime } from '../harness/cli.ts'
import { seedEmbedded } from '../harness/service.ts'

commandsTakeTime()

const env = { DATA_DIR: mkdtempSync(join(tmpdir(), 'owntill-events-')) }
const owntill = cli(env)
const store = newId()

async function inDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(readConfig(env))
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

beforeAll(async () => {
  seedEmbedded(env.DATA_DIR)
  await inDatabase(async db => {
    const partner = await addPartner(db, 'Shop Builder', new Secret('x'.repeat(40)))
    const input = { id: store, name: 'Shop', currency: 'eur', owner_email: 'a@example.com', origins: [] }
    await createStore(db, readConfig(env), partner, input)
    for (const id of ['evt_1', 'evt_2']) {
      const payload = { id, type: 'customer.created', created: 1, livemode: false, data: { object: {} } }
      await db
        .insertInto('events')
        .values({
          store_id: store,
          mode: 'test',
          id,
          endpoint_id: null,
          type: payload.type,
          account: null,
          api_version: null,
          created: new Date(),
          outcome: 'ignored',
          reason: null,
          payload: JSON.stringify(payload),
        })
        .execute()
    }
  })
})
afterAll(() => rmSync(env.DATA_DIR, { recursive: true }))

test('events of a store are taken once more, counted first, and it is in the trail', async () => {
  expect((await owntill(`events replay --store ${store} --dry-run`)).said).toBe(
    '2 events would be taken once more.',
  )
  const one = await owntill(`events replay --store ${store} --event evt_2`)
  expect([one.code, one.said]).toEqual([
    0,
    expect.stringContaining('0 processed, 1 ignored, 0 in quarantine.'),
  ])
  expect((await owntill(`events replay --store ${store} --since 2020-01-01`)).said).toContain('2 ignored')
  expect((await owntill(`events replay --store ${store} --mode live`)).said).toContain('0 ignored')
  const { data } = await inDatabase(db => listActivity(db, store))
  expect(data.map(({ action }) => action).filter(action => action === 'event.replayed')).toHaveLength(3)
  expect(data.map(({ detail }) => detail.event)).toContain('evt_2')
})

test.each([
  ['', 'UUID'],
  ['--store 7', 'UUID'],
  [`--store ${newId()}`, 'no such store'],
  [`--store ${store} --since yesterday`, '--since'],
  [`--store ${store} --mode both`, '--mode'],
  [`--store ${store} --event x`, '--event'],
  [`--store ${store} --all`, 'Unknown option'],
])('called wrongly (%s), it says how', async (words, complaint) => {
  const { code, complaints } = await owntill(`events replay ${words}`)
  expect([code, complaints]).toEqual([2, expect.stringContaining(complaint)])
  expect(complaints).toContain('Usage: owntill events replay')
})
