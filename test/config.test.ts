import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BadSettings, readConfig } from '../src/config.ts'
import { reveal } from '../src/lib/secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'owntill-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`
const settings = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://pay.example',
  DATABASE_URL: 'postgres://canary-user:canary-password@db.example/owntill',
  ENCRYPTION_KEYS: key('k1'),
  INTERNAL_SECRET: 'canary-internal-secret-that-is-long-enough',
  SMTP_URL: 'smtps://canary-user:canary-password@mail.example',
  MAIL_FROM: 'Pay <pay@example.com>',
}
const development = { DATA_DIR: folder }

/** What the boot would say. */
function refusal(env: Record<string, string | undefined>): string {
  try {
    readConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(BadSettings)
    return (error as Error).message
  }
  throw new Error('the settings were accepted')
}

const withoutValues = (text: string) => {
  for (const value of ['canary', settings.ENCRYPTION_KEYS.slice(3), 'k1:']) expect(text).not.toContain(value)
  return text
}

test('production starts with all that it needs, talking to Stripe itself', () => {
  const config = readConfig(settings)
  expect(config).toMatchObject({
    production: true,
    host: '0.0.0.0',
    port: 3000,
    publicUrl: 'https://pay.example',
    stripe: { apiUrl: 'https://api.stripe.com', sandboxPort: undefined, liveKeys: true },
  })
  expect(new URL(config.stripe.jsUrl).hostname).toBe('js.stripe.com')
})

test.each(['PUBLIC_URL', 'DATABASE_URL', 'ENCRYPTION_KEYS', 'SMTP_URL', 'MAIL_FROM'])(
  'production refuses to start without %s, or with an empty one, and names it alone',
  name => {
    for (const value of [undefined, '']) {
      const lines = withoutValues(refusal({ ...settings, [name]: value })).split('\n')
      expect(lines).toEqual(['Owntill cannot start:', `  - ${name} is required in production`])
    }
  },
)

test('all that is missing is named at once', () => {
  expect(refusal({ NODE_ENV: 'production' }).match(/is required/g)).toHaveLength(5)
})

test.each([
  ['HTTP pages', { PUBLIC_URL: 'http://pay.example' }, 'PUBLIC_URL must be https'],
  ['the sandbox', { STRIPE_API_URL: 'sandbox' }, 'STRIPE_API_URL cannot be the sandbox'],
])('production refuses %s', (_what, env, words) => {
  expect(withoutValues(refusal({ ...settings, ...env }))).toContain(words)
})

test('production takes no live keys for any other host than Stripe', () => {
  const config = readConfig({ ...settings, STRIPE_API_URL: 'http://stand-in.example' })
  expect(config.stripe.liveKeys).toBe(false)
  expect(config.stripe.jsUrl).toBe('http://stand-in.example/stripe.js')
})

test.each([
  ['PORT', 'canary'],
  ['PORT', '65536'],
  ['PUBLIC_URL', 'canary'],
  ['PUBLIC_URL', 'https://pay.example/canary'],
  ['PUBLIC_URL', 'javascript:canary'],
  ['DATABASE_URL', 'mysql://canary-user:canary-password@db.example'],
  ['DATABASE_POOL', '0'],
  ['ENCRYPTION_KEYS', 'canary'],
  ['ENCRYPTION_KEYS', `k1:${Buffer.from('canary').toString('base64')}`],
  ['ENCRYPTION_KEYS', `${settings.ENCRYPTION_KEYS},`],
  ['ENCRYPTION_KEYS', `${settings.ENCRYPTION_KEYS},${key('k1')}`],
  ['INTERNAL_SECRET', 'canary-too-short'],
  ['STRIPE_API_URL', 'canary'],
  ['STRIPE_JS_URL', 'data:text/javascript,canary'],
  ['SMTP_URL', 'https://canary-user:canary-password@mail.example'],
  ['LOG_LEVEL', 'canary'],
])('a wrong %s is named and its value is not repeated', (name, value) => {
  for (const others of [settings, development]) {
    expect(withoutValues(refusal({ ...others, [name]: value }))).toContain(name)
  }
})

test('the same kid twice is refused: one of the two keys would be lost', () => {
  expect(refusal({ ...settings, ENCRYPTION_KEYS: [key('a'), key('b'), key('a')].join() })).toContain('twice')
})

test('the first key seals, all of them open', () => {
  const { masterKeys } = readConfig({ ...settings, ENCRYPTION_KEYS: `${key('new')}, ${key('old')}` })
  expect(masterKeys.map(({ kid }) => kid)).toEqual(['new', 'old'])
})

test('without any settings it runs on its own: embedded, beside the sandbox, with keys that it keeps to itself', () => {
  const config = readConfig({ ...development, DATABASE_URL: '', NODE_ENV: '' })
  expect(config).toMatchObject({
    production: false,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:3000',
    databaseUrl: undefined,
    stripe: { apiUrl: 'http://127.0.0.1:3001', sandboxPort: 3001 },
  })
  expect(statSync(join(folder, 'encryption-keys')).mode & 0o777).toBe(0o600)
  const [again] = readConfig(development).masterKeys
  expect(reveal(again!.key)).toBe(reveal(config.masterKeys[0]!.key))
})

test('no secret prints itself', () => {
  const config = readConfig(settings)
  withoutValues(JSON.stringify(config) + String(config.databaseUrl) + String(config.mail?.smtpUrl))
})
