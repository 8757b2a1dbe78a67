import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { makeMail } from '../../src/mail/mail.ts'
import { codeMessage } from '../../src/owners/letters.ts'
import { makeVault } from '../../src/vault/vault.ts'
import { cli, commandsTakeTime } from '../harness/cli.ts'
import { seedEmbedded } from '../harness/service.ts'

commandsTakeTime()

const folder = mkdtempSync(join(tmpdir(), 'owntill-keys-'))
const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`
const [old, fresh] = [key('old'), key('fresh')]
const owntill = (keys: string, words: string) => cli({ DATA_DIR: folder, ENCRYPTION_KEYS: keys })(words)

beforeAll(async () => {
  seedEmbedded(folder)
  const config = readConfig({ DATA_DIR: folder, ENCRYPTION_KEYS: old })
  const db = await openDatabase(config)
  const mail = makeMail(config, db, makeVault(config.masterKeys))
  for (let n = 0; n < 3; n++) await mail.post(db, codeMessage('a@example.com', '1234 5678', 10), 10)
  await db.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

test('keys are rotated: dry run, rotation, and then the old one can go', async () => {
  expect((await owntill(old, 'keys status')).said).toContain('old  3 in mails.box')
  expect((await owntill(`${fresh},${old}`, 'keys rotate --dry-run')).said).toBe(
    '3 secrets would be sealed again with fresh.',
  )
  expect((await owntill(old, 'keys status')).said, 'a dry run changes nothing').toContain(
    'old  3 in mails.box',
  )

  const rotated = await owntill(`${fresh},${old}`, 'keys rotate')
  expect([rotated.code, rotated.said]).toEqual([
    0,
    expect.stringContaining('3 secrets sealed again with fresh'),
  ])
  expect((await owntill(fresh, 'keys status')).said).toContain('fresh  3 in mails.box')
  expect((await owntill(fresh, 'keys rotate')).said).toContain('0 secrets sealed again')
})

test('with a key missing or wrong nothing is rotated, and it says which', async () => {
  const missing = await owntill(key('another'), 'keys rotate')
  expect([missing.code, missing.complaints]).toEqual([1, expect.stringContaining('lacks key fresh')])
  const wrong = await owntill(key('fresh'), 'keys rotate')
  expect([wrong.code, wrong.complaints]).toEqual([
    1,
    expect.stringContaining('another key under the name fresh'),
  ])
})
