import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { newStore } from '../harness/shop.ts'
import { codeFor, lettersTo, openBrowser, signIn } from './browser.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

let owners = 0
/** An address that owns a store. */
async function newOwner(): Promise<string> {
  owners += 1
  const email = `owner${owners}@example.com`
  await newStore(house, { owner_email: email })
  return email
}

const later = (interval: string) =>
  house.deps.db
    .updateTable('sign_ins')
    .set({
      expires_at: sql`expires_at - ${interval}::interval`,
      created_at: sql`created_at - ${interval}::interval`,
    })
    .execute()

const wrong = (code: string) => code.replace(/\d$/, digit => String((Number(digit) + 1) % 10))

test('a code signs in, whichever way the address is written', async () => {
  const email = await newOwner()
  const browser = openBrowser(house)
  const asked = await browser.post('/portal/sign-in', { email: ` ${email.toUpperCase()} ` })
  expect([asked.status, asked.location]).toEqual([303, '/portal/sign-in/code'])
  const code = await codeFor(house, email)
  const answer = await browser.post('/portal/sign-in/code', { code: code.replace(' ', '') })
  expect([answer.status, answer.location]).toEqual([303, '/portal'])
  expect((await browser.get('/portal')).location).toMatch(/^\/portal\/[\da-f-]{36}$/)
})

describe('a code', () => {
  test('works once', async () => {
    const email = await newOwner()
    const browser = openBrowser(house)
    await browser.post('/portal/sign-in', { email })
    const code = await codeFor(house, email)
    const secret = browser.cookies.get('owntill_browser')!
    expect((await browser.post('/portal/sign-in/code', { code })).status).toBe(303)
    browser.cookies.clear()
    browser.cookies.set('owntill_browser', secret)
    expect((await browser.post('/portal/sign-in/code', { code })).status).toBe(422)
  })

  test('works for ten minutes', async () => {
    const email = await newOwner()
    const browser = openBrowser(house)
    await browser.post('/portal/sign-in', { email })
    const code = await codeFor(house, email)
    await later('9 minutes 30 seconds')
    expect((await browser.get('/portal/sign-in/code')).status).toBe(200)
    await later('31 seconds')
    expect((await browser.get('/portal/sign-in/code')).location).toBe('/portal/sign-in')
    expect((await browser.post('/portal/sign-in/code', { code })).status).toBe(422)
  })

  test('may be mistyped four times, and is over at the fifth', async () => {
    const email = await newOwner()
    const [lucky, unlucky] = [openBrowser(house), openBrowser(house)]
    for (const [browser, tries, status] of [
      [lucky, 4, 303],
      [unlucky, 5, 422],
    ] as const) {
      const before = lettersTo(house, email).length
      await browser.post('/portal/sign-in', { email })
      const code = await codeFor(house, email, before + 1)
      for (let attempt = 0; attempt < tries; attempt += 1) {
        expect((await browser.post('/portal/sign-in/code', { code: wrong(code) })).status).toBe(422)
      }
      expect((await browser.post('/portal/sign-in/code', { code })).status).toBe(status)
    }
  })

  test('has five tries, however many are made at once', async () => {
    const email = await newOwner()
    const browser = openBrowser(house)
    await browser.post('/portal/sign-in', { email })
    const code = await codeFor(house, email)
    await Promise.all(
      Array.from({ length: 12 }, () => browser.post('/portal/sign-in/code', { code: wrong(code) })),
    )
    const { tries } = await house.deps.db
      .selectFrom('sign_ins')
      .select('tries')
      .where('email', '=', email)
      .executeTakeFirstOrThrow()
    expect(tries).toBe(5)
    expect((await browser.post('/portal/sign-in/code', { code })).status).toBe(422)
  })

  test('is worth nothing in another browser, not even one that asked for a code of its own', async () => {
    const email = await newOwner()
    const [asker, thief] = [openBrowser(house), openBrowser(house)]
    await asker.post('/portal/sign-in', { email })
    const code = await codeFor(house, email)
    expect((await thief.post('/portal/sign-in/code', { code })).status).toBe(422)
    await thief.post('/portal/sign-in', { email: 'thief@example.com' })
    expect((await thief.post('/portal/sign-in/code', { code })).status).toBe(422)
    expect((await asker.post('/portal/sign-in/code', { code })).status).toBe(303)
  })

  test('is nowhere in the database as it is', async () => {
    const email = await newOwner()
    const browser = openBrowser(house)
    await browser.post('/portal/sign-in', { email })
    const code = await codeFor(house, email)
    for (const table of ['sign_ins', 'mails', 'owner_sessions'] as const) {
      const rows = JSON.stringify(await house.deps.db.selectFrom(table).selectAll().execute())
      expect(rows).not.toContain(code)
      expect(rows).not.toContain(code.replace(' ', ''))
      expect(rows).not.toContain(browser.cookies.get('owntill_browser'))
    }
  })
})

describe('whether an address is known', () => {
  test('is not told by the answer, the pages or the tries', async () => {
    const known = await newOwner()
    const pages = []
    for (const email of [known, 'nobody0@example.com']) {
      const browser = openBrowser(house)
      const asked = await browser.post('/portal/sign-in', { email })
      const page = await browser.get('/portal/sign-in/code')
      const tried = await browser.post('/portal/sign-in/code', { code: '0000 0000' })
      const neutral = (text: string) =>
        text
          .replaceAll(email, 'ADDRESS')
          .replace(/nonce="[^"]*"/g, '')
          .replace(/Reference for questions: [\w-]+/g, '')
      const cookies = asked.headers
        .getSetCookie()
        .map(cookie => cookie.replace(/=[\w-]+/, '=').replace(/Expires=[^;]*/, ''))
      pages.push([
        asked.status,
        asked.location,
        cookies,
        neutral(page.text),
        tried.status,
        neutral(tried.text),
      ])
    }
    expect(pages[1]).toEqual(pages[0])
    await house.deps.mail.deliver()
    expect(lettersTo(house, 'nobody0@example.com')).toEqual([])
  })

  test('is not told by the time it takes', async () => {
    const known = await newOwner()
    const timed = async (email: string) => {
      const start = performance.now()
      await openBrowser(house).post('/portal/sign-in', { email })
      return performance.now() - start
    }
    const both = [[], []] as [number[], number[]]
    for (let round = 0; round < 4; round += 1) {
      both[0].push(await timed(known))
      both[1].push(await timed('nobody1@example.com'))
    }
    const [fastest, other] = both.map(times => Math.min(...times)) as [number, number]
    expect(Math.min(fastest, other)).toBeGreaterThanOrEqual(245)
    expect(Math.abs(fastest - other)).toBeLessThan(50)
  })

  test('is not told by the limit: five codes in a while for any address', async () => {
    for (const email of [await newOwner(), 'nobody2@example.com']) {
      const answers = []
      for (let round = 0; round < 6; round += 1) {
        answers.push((await openBrowser(house).post('/portal/sign-in', { email })).status)
      }
      expect(answers).toEqual([303, 303, 303, 303, 303, 429])
    }
  })
})

test('one visitor cannot ask for codes without end', async () => {
  const browser = openBrowser(house)
  const asked = Array.from({ length: 24 }, (_, index) =>
    browser.post('/portal/sign-in', { email: `many${index}@example.com` }),
  )
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  expect(statuses.filter(status => status === 429)).toHaveLength(4)
})

test('what is not an address is said at the field', async () => {
  const { status, text } = await openBrowser(house).post('/portal/sign-in', { email: 'not an address' })
  expect(status).toBe(422)
  expect(text).toContain('aria-invalid="true"')
  expect(text).toContain('name@example.com')
})

test('after signing in the owner is where they wanted to go, and never anywhere else', async () => {
  const email = await newOwner()
  const wanted = '/stripe/connect?store_id=abc&return_url=https%3A%2F%2Fshop.example%2F'
  const browser = openBrowser(house)
  expect((await browser.get(`/portal/sign-in?next=${encodeURIComponent(wanted)}`)).text).toContain(
    `value="${wanted.replaceAll('&', '&amp;')}"`,
  )
  expect(await signIn(house, browser, email, wanted)).toBe(wanted)

  // A code that is over keeps what was wanted, too.
  const slow = openBrowser(house)
  await slow.post('/portal/sign-in', { email, next: wanted })
  await later('11 minutes')
  const again = `/portal/sign-in?${new URLSearchParams({ next: wanted })}`
  expect((await slow.get('/portal/sign-in/code')).location).toBe(again)
  expect((await slow.post('/portal/sign-in/code', { code: '1' })).text).toContain(
    'name="next" value="/stripe/',
  )
})

test('no address leads from the sign-in to another site', async () => {
  const tricks = [
    'https://evil.example/portal',
    '//evil.example/portal',
    '/\\evil.example/portal',
    '/portal/../../evil',
    '/portal/%2e%2e/api',
    '\t//evil.example',
    '/portal\n//evil.example',
    'javascript:alert(1)',
    '/api/internal/stores',
    '/portal@evil.example',
  ]
  for (const next of tricks) {
    const page = await openBrowser(house).get(`/portal/sign-in?next=${encodeURIComponent(next)}`)
    expect(page.status, next).toBe(200)
    expect(page.text, next).not.toContain('name="next"')
  }
})
