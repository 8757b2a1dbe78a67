import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { newStore } from '../harness/shop.ts'
import { type Browser, codeFor, openBrowser, signIn } from './browser.ts'

const COOKIE = 'owntill_session'
let house: House
let email: string
let owners = 0

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function signedIn(): Promise<Browser> {
  owners += 1
  email = `owner${owners}@example.com`
  await newStore(house, { owner_email: email })
  const browser = openBrowser(house)
  await signIn(house, browser, email)
  return browser
}

/** Makes the newest owner's sessions older. */
const age = (column: 'seen_at' | 'signed_in_at' | 'rotated_at', interval: string) =>
  house.deps.db
    .updateTable('owner_sessions')
    .set({ [column]: sql`${sql.ref(column)} - ${interval}::interval` })
    .where('email', '=', email)
    .execute()

const isIn = async (browser: Browser) => !(await browser.get('/portal/account')).location?.includes('sign-in')

test('the cookie is for http only, for this site, and kept as a digest', async () => {
  const browser = openBrowser(house)
  email = 'cookie@example.com'
  await newStore(house, { owner_email: email })
  await browser.post('/portal/sign-in', { email })
  const answer = await browser.post('/portal/sign-in/code', { code: await codeFor(house, email) })
  const cookie = answer.headers.getSetCookie().find(text => text.startsWith(COOKIE))
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/)
  const rows = JSON.stringify(await house.deps.db.selectFrom('owner_sessions').selectAll().execute())
  expect(rows).not.toContain(browser.cookies.get(COOKIE))
})

test('over https the cookies are bound to the host and need a secure connection', async () => {
  const secure = await openHouse({ PUBLIC_URL: 'https://pay.example' })
  try {
    const answer = await secure.app.inject({
      method: 'POST',
      url: '/portal/sign-in',
      headers: { origin: 'https://pay.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'email=owner%40example.com',
    })
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-owntill_browser=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  } finally {
    await secure.close()
  }
})

describe('a session', () => {
  test('ends after twelve hours without a request', async () => {
    const browser = await signedIn()
    await age('seen_at', '11 hours 55 minutes')
    expect(await isIn(browser)).toBe(true)
    await age('seen_at', '12 hours 1 minute')
    expect(await isIn(browser)).toBe(false)
  })

  test('ends after thirty days, however busy', async () => {
    const browser = await signedIn()
    await age('signed_in_at', '29 days 23 hours')
    expect(await isIn(browser)).toBe(true)
    await age('signed_in_at', '2 hours')
    expect(await isIn(browser)).toBe(false)
  })

  test('changes its id every hour; the old one is good for the requests under way and no longer', async () => {
    const browser = await signedIn()
    const old = browser.cookies.get(COOKIE)!
    await age('rotated_at', '61 minutes')
    const late = openBrowser(house)
    late.cookies.set(COOKIE, old)
    expect(await isIn(browser)).toBe(true)
    expect(browser.cookies.get(COOKIE)).not.toBe(old)
    expect(await isIn(late)).toBe(true)
    expect(late.cookies.get(COOKIE)).toBe(old)
    await age('rotated_at', '2 minutes')
    expect(await isIn(late)).toBe(false)
    expect(await isIn(browser)).toBe(true)
  })

  test('has a new id after every sign-in, and the one before is over', async () => {
    const browser = await signedIn()
    const before = browser.cookies.get(COOKIE)!
    await signIn(house, browser, email)
    const old = openBrowser(house)
    old.cookies.set(COOKIE, before)
    expect([await isIn(browser), await isIn(old)]).toEqual([true, false])
  })

  test('ends here, or everywhere', async () => {
    const [one, two, three] = [await signedIn(), openBrowser(house), openBrowser(house)]
    await signIn(house, two, email)
    await signIn(house, three, email)
    expect((await one.post('/portal/sign-out')).location).toBe('/portal/sign-in')
    expect([await isIn(one), await isIn(two), await isIn(three)]).toEqual([false, true, true])
    expect(one.cookies.has(COOKIE)).toBe(false)
    await two.post('/portal/sign-out-everywhere')
    expect([await isIn(two), await isIn(three)]).toEqual([false, false])
  })

  test('of one owner is not ended by another', async () => {
    const one = await signedIn()
    const other = await signedIn()
    await other.post('/portal/sign-out-everywhere')
    expect(await isIn(one)).toBe(true)
  })

  test('reaches nothing once the store has another owner', async () => {
    const browser = await signedIn()
    const home = (await browser.get('/portal')).location!
    expect((await browser.get(home)).status).toBe(200)
    await house.deps.db
      .updateTable('stores')
      .set({ owner_email: 'new@example.com' })
      .where('owner_email', '=', email)
      .execute()
    expect((await browser.get(home)).status).toBe(404)
  })

  test('is not invented from a cookie that we did not give', async () => {
    const browser = openBrowser(house)
    for (const value of ['', 'x', 'a'.repeat(43), "' or 1=1 --"]) {
      browser.cookies.set(COOKIE, value)
      expect(await isIn(browser)).toBe(false)
    }
  })
})
