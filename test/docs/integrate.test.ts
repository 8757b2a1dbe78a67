import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { freePort } from '../harness/port.ts'
import { tellNow } from '../harness/receiver.ts'
import { internal, openShop, type Shop } from '../harness/shop.ts'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

type Language = 'sh' | 'js' | 'python'
type Example = { section: string; language: Language; flag: string; code: string }

/** The fenced blocks of the guide, each with the section it stands in and what stands behind its language. */
const examples: Example[] = readFileSync(join(REPOSITORY, 'docs/integrate.md'), 'utf8')
  .split(/^## /m)
  .flatMap(section =>
    [...section.matchAll(/^```(sh|js|python) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language, flag, code]) => ({
      section: section.split('\n')[0]!,
      language: language as Language,
      flag: flag!,
      code: code!,
    })),
  )

let house: House
let shop: Shop
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  const { order_id } = await paidOrder(house, shop, { reference: '1016' })
  folder = mkdtempSync(join(tmpdir(), 'owntill-guide-'))
  mkdirSync(join(folder, 'receiver'))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  for (const { flag, code } of examples) {
    const [, name] = /^title=(\S+)$/.exec(flag) ?? []
    if (name) writeFileSync(join(folder, name), code)
  }
  env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    OWNTILL: house.url,
    INTERNAL_SECRET: house.secret,
    STORE_ID: shop.id,
    ORDER_ID: order_id,
    RECEIVER_URL: `${house.url}/nowhere`,
  }
})
afterAll(async () => {
  await house.close()
  rmSync(folder, { recursive: true })
})

const run: Record<Language, (code: string) => [string, string[]]> = {
  sh: code => ['bash', ['-euo', 'pipefail', '-c', code]],
  js: code => [process.execPath, ['--input-type=module', '-e', code]],
  python: code => ['python3', ['-c', code]],
}

const there = await Promise.all(
  (['bash', 'curl', 'python3'] as const).map(async name => {
    const version = await promisify(execFile)(name, ['--version']).catch(() => undefined)
    return [name, version !== undefined] as const
  }),
)
const has = Object.fromEntries(there)
const missing = (language: Language) =>
  language === 'sh' ? !(has.bash && has.curl) : language === 'python' && !has.python3

async function said(language: Language, code: string): Promise<string> {
  const [program, args] = run[language](code)
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder, env })
  return stdout
}

/** What the examples of a section say when they work, whatever the language. */
const EXPECTED: Record<string, RegExp> = {
  '1. A store': /[\da-f]{8}-[\da-f]{4}-7/,
  '2. The owner connects Stripe':
    /\/stripe\/connect\?store_id=[\da-f-]{36}&return_url=https%3A%2F%2Fshop\.example%2Fsettings&ct=[\w-]{64}/,
  '3. Is it connected?': /has_stripe":true|^true false \[\]|^True False \[\]/,
  '4. A checkout': /\/checkout\/[\w-]{64}/,
  '5. Be told': /"secret":"whsec_|"notifications":\d/,
  '6. Or ask': /partially_refunded|paid/,
  '7. Give money back': /succeeded.*500|"amount":500.*succeeded/,
}

test('the guide has each of its steps in all three languages', () => {
  const steps = Object.keys(EXPECTED).filter(section => !section.includes('Be told'))
  for (const step of steps) {
    const languages = examples.filter(({ section }) => section === step).map(({ language }) => language)
    expect([step, languages.sort()]).toEqual([step, ['js', 'python', 'sh']])
  }
  expect(examples.map(({ section }) => section).filter(section => section in EXPECTED)).not.toHaveLength(0)
})

describe('the examples of', () => {
  const plain = examples.filter(({ flag }) => flag === '')
  beforeAll(() =>
    // Changes are listed after five seconds.
    house.deps.db.engine.query("update orders set updated_at = updated_at - interval '1 minute'"),
  )
  for (const { section, language, code } of plain) {
    test.skipIf(missing(language))(`${section} in ${language}`, async () => {
      expect(await said(language, code)).toMatch(EXPECTED[section]!)
    })
  }
})

describe('a receiver of notifications', () => {
  beforeAll(() => tellNow(house))
  for (const { language, code } of examples.filter(({ flag }) => flag === 'receiver')) {
    test.skipIf(missing(language))(`in ${language}`, () => receives(language, code))
  }

  async function receives(language: Language, code: string): Promise<void> {
    const port = await freePort()
    const path = `/stores/${shop.id}/notification-endpoints/${language}`
    const url = `http://127.0.0.1:${port}/hooks`
    const { body } = await internal(house, 'PUT', path, { url, types: ['order.paid'] })
    const [program, args] = run[language](code)
    const receiver = spawn(program, args, {
      cwd: folder,
      env: { ...env, PORT: String(port), NOTIFICATION_SECRET: body.secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = linesOf(receiver)
    try {
      expect(await lines.next()).toBe('ready')
      const forged = await fetch(url, {
        method: 'POST',
        body: '{"type":"order.paid","data":{}}',
        headers: {
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
          'webhook-signature': 'v1,AAAA',
        },
      })
      expect(forged.status).toBe(400)
      await paidOrder(house, shop, { reference: `told-${language}` })
      await tellNow(house)
      expect(await lines.next()).toBe(`order.paid told-${language} paid`)
    } finally {
      receiver.kill('SIGKILL')
      await once(receiver, 'exit')
    }
    await internal(house, 'DELETE', path)
  }
})

function linesOf(child: ChildProcess) {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return { next: async () => (await lines.next()).value }
}
