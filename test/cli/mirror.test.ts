import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { newId } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { createStore } from '../../src/stores/stores.ts'
import { cli, commandsTakeTime } from '../harness/cli.ts'
import { seedEmbedded } from '../harness/service.ts'

commandsTakeTime()

const env = { DATA_DIR: mkdtempSync(join(tmpdir(), 'owntill-mirror-')) }
const owntill = cli(env)
const store = newId()

beforeAll(async () => {
  seedEmbedded(env.DATA_DIR)
  const config = readConfig(env)
  const db = await openDatabase(config)
  const partner = await addPartner(db, 'Shop Builder', new Secret('x'.repeat(40)))
  const about = { id: store, name: 'Shop', currency: 'eur', owner_email: 'owner@example.com', origins: [] }
  await createStore(db, config, partner, about)
  await db.close()
})
afterAll(() => rmSync(env.DATA_DIR, { recursive: true }))

test('a role for an analyst is made, gets a new password each time, and is taken away', async () => {
  const passwords = []
  for (let time = 0; time < 2; time++) {
    const { code, said } = await owntill(`mirror grant --store ${store}`)
    expect(code).toBe(0)
    expect(said).toContain(`owntill_store_${store.replaceAll('-', '')}`)
    passwords.push(/password +(\S{40,})/.exec(said)?.[1])
  }
  expect(new Set(passwords).size).toBe(2)
  expect(passwords).not.toContain(undefined)
  expect(await owntill(`mirror revoke --store ${store}`)).toMatchObject({ code: 0 })
  expect(await owntill(`mirror revoke --store ${store}`)).toMatchObject({
    code: 2,
    complaints: expect.stringContaining('no analyst'),
  })
})
