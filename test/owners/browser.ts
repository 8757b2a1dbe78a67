import { keptLetters, mailFolder } from '../../src/mail/transport.ts'
import type { House } from '../harness/house.ts'
import { newStore, until } from '../harness/shop.ts'

export type Page = { status: number; text: string; location: string | null; headers: Headers }

export type Browser = {
  cookies: Map<string, string>
  get(path: string): Promise<Page>
  /** Sends a form from one of our own pages, or from wherever `origin` says. */
  post(path: string, fields?: Record<string, string>, origin?: string): Promise<Page>
}

let visitors = 0

/** A browser with cookies of its own, at an address of its own. Redirects are answered, not followed. */
export function openBrowser(house: House): Browser {
  visitors += 1
  const address = `10.0.${visitors >> 8}.${visitors & 255}`
  const cookies = new Map<string, string>()

  async function send(method: string, path: string, headers: Record<string, string>, body?: URLSearchParams) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, house.url), {
      method,
      redirect: 'manual',
      headers: { 'x-forwarded-for': address, ...(cookie && { cookie }), ...headers },
      body,
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(set)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    return {
      status: response.status,
      text,
      location: response.headers.get('location'),
      headers: response.headers,
    }
  }

  return {
    cookies,
    get: path => send('GET', path, {}),
    post: (path, fields = {}, origin = house.url) =>
      send('POST', path, { origin }, new URLSearchParams(fields)),
  }
}

export const lettersTo = (house: House, email: string) =>
  keptLetters(mailFolder(house.deps.config)).filter(({ to }) => to === email)

/** The code of the newest letter to an address, once there are `count` letters. */
export async function codeFor(house: House, email: string, count = 1): Promise<string> {
  const letters = await until(
    async () => lettersTo(house, email),
    ({ length }) => length >= count,
  )
  return /\d{4} \d{4}/.exec(letters[0]!.text)![0]
}

/** Signs an owner in as a person does: address, mail, code. Answers where it leads. */
export async function signIn(house: House, browser: Browser, email: string, next?: string) {
  const before = lettersTo(house, email).length
  await browser.post('/portal/sign-in', { email, ...(next && { next }) })
  const code = await codeFor(house, email, before + 1)
  const answer = await browser.post('/portal/sign-in/code', { code })
  if (answer.status !== 303) throw new Error(`sign-in answered ${answer.status}`)
  return answer.location
}

/** A browser in which somebody is signed in: the owner of every store of a test that names no other. */
export async function signedIn(house: House, email = 'owner@example.com'): Promise<Browser> {
  const browser = openBrowser(house)
  await signIn(house, browser, email)
  return browser
}

/** A browser in which the owner of another store is signed in. */
export async function otherOwner(house: House): Promise<Browser> {
  await newStore(house, { owner_email: 'other@example.com' })
  return signedIn(house, 'other@example.com')
}
