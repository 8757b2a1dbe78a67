import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { makeAuthenticate } from '../../src/partners/partners.ts'
import { cli, commandsTakeTime } from '../harness/cli.ts'

commandsTakeTime()

const folder = mkdtempSync(join(tmpdir(), 'owntill-cli-'))
const env = { DATA_DIR: folder }

const owntill = cli(env)

/** Asks the house who holds a secret. */
async function holderOf(secret: string) {
  const db = await openDatabase(readConfig(env))
  try {
    return await makeAuthenticate(db)(secret).catch(() => undefined)
  } finally {
    await db.close()
  }
}

const secretIn = (said: string) => /X-Internal-Secret: ([\w-]{43})/.exec(said)?.[1] ?? ''
const partnerIn = (said: string) => /partner ([\da-f-]{36})/.exec(said)?.[1] ?? ''

beforeAll(async () => {
  expect((await owntill('partner list')).complaints).toContain('Run owntill migrate first')
  expect((await owntill('migrate')).said).toMatch(/^applied 0001_/)
  expect((await owntill('migrate')).said).toBe('The database is up to date.')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a partner is added with a secret that is printed this once', async () => {
  const { code, said } = await owntill('partner add "Shop Builder" --scopes stores,catalog')
  expect(code).toBe(0)
  const secret = secretIn(said)
  expect(await holderOf(secret)).toEqual({ partner_id: partnerIn(said), scopes: ['stores', 'catalog'] })
  const list = await owntill('partner list')
  expect(list.said).toContain('Shop Builder')
  expect(list.said).toMatch(/valid\s+stores,catalog\s+never\s+\d{4}-/)
  expect(list.said).not.toContain(secret)
})

test('a secret of your own comes from a pipe or a file, and is not printed', async () => {
  const piped = 'piped-secret-of-forty-characters-0123456'
  const added = await owntill('partner add Piped --stdin', `${piped}\n`)
  expect(added.said).not.toContain(piped)
  expect((await holderOf(piped))?.partner_id).toBe(partnerIn(added.said))

  const file = join(folder, 'secret.txt')
  writeFileSync(file, 'filed-secret-of-forty-characters-0123456\n')
  await owntill(`partner add Filed --file ${file}`)
  expect(await holderOf('filed-secret-of-forty-characters-0123456')).toBeDefined()
  expect((await owntill(`partner add Again --file ${file}`)).complaints).toContain('in use already')
  expect((await owntill('partner list')).said).not.toContain('Again')
})

test('a rotation leaves the old secret working for a while, and never three at once', async () => {
  const added = await owntill('partner add Rotating --scopes orders')
  const id = partnerIn(added.said)
  const rotated = await owntill(`partner rotate ${id} --overlap 2`)
  const [old, fresh] = [secretIn(added.said), secretIn(rotated.said)]
  expect((await holderOf(old))?.partner_id).toBe(id)
  expect(await holderOf(fresh)).toEqual({ partner_id: id, scopes: ['orders'] })
  const third = await owntill(`partner rotate ${id}`)
  expect([third.code, third.complaints]).toEqual([1, expect.stringContaining('two secrets already')])

  const expiring = (await owntill('partner list')).said.split('\n').find(line => line.includes(' UTC  '))
  expect(expiring).toContain('Rotating')
  expect((await owntill(`partner rotate ${id} --overlap 0`)).code).toBe(1)
  expect((await owntill(`partner revoke ${id}`)).said).toBe('revoked 2 secrets')
  expect([await holderOf(old), await holderOf(fresh)]).toEqual([undefined, undefined])
  const again = await owntill(`partner rotate ${id} --days 1`)
  expect((await holderOf(secretIn(again.said)))?.partner_id).toBe(id)
})

describe('a call that makes no sense says how it is done', () => {
  test.each([
    ['partner add', 'Exactly one NAME'],
    ['partner add Name my-secret-on-the-command-line-0123456', 'Exactly one NAME'],
    ['partner add Name --secret my-secret-on-the-command-line-0123456', "Unknown option '--secret'"],
    ['partner add Name --scopes everything', 'There is no scope "everything"'],
    ['partner add Name --days never', '--days is a whole number'],
    ['partner add Name --stdin --file x', 'either --stdin or --file'],
    ['partner add Name --stdin', 'at least 32 characters'],
    ['partner add Name --file /nowhere/secret', 'cannot be read'],
    ['partner revoke me', 'The ID is the UUID'],
    ['partner destroy', 'There is no command "partner destroy"'],
    ['', 'Usage: owntill COMMAND'],
  ])('%s', async (words, said) => {
    const { code, complaints } = await owntill(words)
    expect(code).toBe(2)
    expect(complaints).toContain(said)
    expect(complaints).toContain('Usage: owntill')
    expect(complaints).not.toContain('my-secret')
  })

  test('partner revoke of what is not there', async () => {
    const { code, complaints } = await owntill('partner revoke 0199d3a0-0000-7000-8000-000000000001')
    expect([code, complaints]).toEqual([1, expect.stringContaining('no such partner or secret')])
  })
})
