import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openCheckout, openShop } from '../harness/shop.ts'

let house: House
let paths: string[]

beforeAll(async () => {
  house = await openHouse()
  const shop = await openShop(house)
  const { token } = await openCheckout(house, shop)
  paths = [
    `/checkout/${token}`,
    '/portal',
    '/nothing',
    `/stripe/status/${shop.id}`,
    '/openapi.json',
    '/api/carts/nobody',
    '/api/internal/stores/x',
    '/healthz',
    '/widget.js',
  ]
})
afterAll(() => house.close())

const policyOf = (answer: Response) => answer.headers.get('content-security-policy') ?? ''

test('every answer, good or bad, names its type, is not guessed at, not framed, and says where it was asked from to nobody', async () => {
  for (const path of paths) {
    const answer = await fetch(house.url + path)
    await answer.arrayBuffer()
    const said = (name: string) => answer.headers.get(name) ?? ''
    expect([path, said('content-type')]).toEqual([
      path,
      expect.stringMatching(/^[\w/+-]+(; ?charset=utf-8)?$/i),
    ])
    expect([path, said('x-content-type-options'), said('referrer-policy')]).toEqual([
      path,
      'nosniff',
      'same-origin',
    ])
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      expect([path, policyOf(answer)]).toEqual([path, expect.stringContaining(part)])
    }
    expect([path, policyOf(answer)]).not.toEqual([path, expect.stringMatching(/unsafe-(inline|eval)/)])
    expect([said('server'), said('x-powered-by')]).toEqual(['', ''])
  }
})

test('in production every answer asks for https for two years, subdomains too', async () => {
  const config = { ...house.deps.config, production: true, publicUrl: 'https://pay.example' }
  const app = await buildApp({ ...house.deps, config })
  for (const url of ['/help', '/healthz', '/nothing', '/api/nothing']) {
    const { headers } = await app.inject({ url })
    expect([url, headers['strict-transport-security']]).toEqual([url, 'max-age=63072000; includeSubDomains'])
  }
  // What is for trying things out only is not there.
  for (const url of ['/demo/shop', '/demo/order', '/dev/mail']) {
    expect([url, (await app.inject({ url })).statusCode]).toEqual([url, 404])
  }
  await app.close()
})

test.each(['TRACE', 'CONNECT', 'PROPFIND', 'OPTIONS'])(
  '%s is answered without doing or repeating anything',
  async method => {
    const answer = await new Promise<{ status: number; body: string }>(resolve => {
      const asked = request(
        `${house.url}/portal`,
        { method, headers: { 'x-canary': 'canary' } },
        response => {
          let body = ''
          response
            .on('data', chunk => (body += chunk))
            .on('end', () => resolve({ status: response.statusCode!, body }))
        },
      )
      asked.on('connect', response => resolve({ status: response.statusCode!, body: '' }))
      asked.on('error', () => resolve({ status: 0, body: '' }))
      asked.end()
    })
    expect([0, 400, 404, 405, 501]).toContain(answer.status)
    expect(answer.body).not.toContain('canary')
  },
)

test('folders are not listed, and nothing beside the assets is a file', async () => {
  for (const path of [
    '/assets/',
    '/assets/x/',
    '/help/pictures/',
    '/.git/config',
    '/.env',
    '/package.json',
    '/help/pictures/%2e%2e/operate.md',
  ]) {
    const answer = await fetch(house.url + path)
    expect([path, answer.status]).toEqual([
      path,
      expect.toSatisfy(status => status === 404 || status === 400),
    ])
  }
})

test('over https the note of who connected just now is for secure pages only', async () => {
  // Stripe must be able to reach an address: here it cannot, and the store is connected all the same.
  const secure = await openHouse({ PUBLIC_URL: 'https://pay.example' })
  const headers = { origin: 'https://pay.example', 'x-internal-secret': secure.secret }
  const post = (url: string, payload: object) => secure.app.inject({ method: 'POST', url, headers, payload })
  const store = { name: 'Shop', currency: 'eur', owner_email: 'owner@example.com', origins: [] }
  const { id } = (await post('/api/internal/stores', store)).json()
  const link = new URL((await post(`/api/internal/stores/${id}/connect-links`, {})).json().url)
  const { publishable_key, secret_key } = newKeys()
  const answer = await secure.app.inject({
    method: 'POST',
    url: '/stripe/connect',
    headers: { origin: 'https://pay.example', 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({
      store_id: id,
      ct: link.searchParams.get('ct')!,
      publishable_key,
      secret_key,
    }).toString(),
  })
  const cookie = String(answer.headers['set-cookie'])
  expect([answer.statusCode, cookie]).toEqual([303, expect.stringMatching(/^__Secure-owntill_connected=/)])
  expect(cookie).toMatch(/Path=\/stripe\/success\/[\w-]+; HttpOnly; Secure; SameSite=Lax$/)
  const shown = await secure.app.inject({
    url: `/stripe/success/${id}`,
    headers: { cookie: cookie.split(';')[0]! },
  })
  expect(shown.body).toContain('acct_1')
  await secure.close()
})
