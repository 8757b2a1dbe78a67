import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_OWNER, seedDemo } from '../../src/demo/demo.ts'
import { newId, newSecret } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { keptLetters, mailFolder } from '../../src/mail/transport.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newVendor } from '../harness/market.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { listen } from '../harness/receiver.ts'
import { internal, newKeys, openCheckout, openShop, pay, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'
import { type Browser, openBrowser, signedIn } from '../owners/browser.ts'

type Row = { browser: Browser; path: string }

let house: House
let owner: Browser
let rows: Map<string, Row>
const routes = new Set<string>()

// Programs read what has a response schema: the OpenAPI document and its own tests speak of that.
function collect(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url, schema }: RouteOptions) => {
    if ([method].flat().includes('GET') && !schema?.response && !url.endsWith('*')) routes.add(url)
  })
}

beforeAll(async () => {
  subscribe('fastify.initialization', collect)
  house = await openHouse()
  unsubscribe('fastify.initialization', collect)
  const owner_email = DEMO_OWNER
  const shop = await openShop(house, newKeys(), { owner_email })
  await seedDemo(house.deps, new Secret(newSecret()))
  await newVendor(house, shop, 'boats')
  const order = await paidOrder(house, shop)
  const open = await openCheckout(house, shop)
  const url = 'https://partner.example/hooks'
  await listen(house, shop, url)
  const link = async (path: string) =>
    new URL((await internal(house, 'POST', `/stores/${shop.id}/${path}`, {})).body.url)
  const connectLink = await link('connect-links')
  const [onboarding, portal] = [await link('vendors/boats/onboarding-links'), await link('portal-links')]

  owner = await signedIn(house, owner_email)
  const vendor = await signedIn(house, 'boats@vendor.example')
  const nobody = openBrowser(house)
  await nobody.post('/portal/sign-in', { email: 'nobody@example.com' })
  const letter = keptLetters(mailFolder(house.deps.config))[0]!

  const params: Record<string, string> = {
    store_id: shop.id,
    vendor_id: 'boats',
    order_id: order.order_id,
    product_id: 'mug',
    endpoint_id: 'hooks',
    type: 'payment_intent',
    object_id: order.intent,
    guide: 'merchants',
    'tag.json': 'de.json',
    name: 'mug.svg',
    mode: 'test',
    id: 'none',
  }
  const special: Record<string, string> = {
    '/checkout/:token': `/checkout/${open.token}`,
    '/checkout/:token/return': `/checkout/${order.token}/return`,
    '/stripe/connect': connectLink.pathname + connectLink.search,
    '/vendors/:token': onboarding.pathname,
    '/vendors/:token/stripe': `${onboarding.pathname}/stripe`,
    '/portal/enter/:token': portal.pathname,
    '/portal/:store_id/orders/quarantine/:mode/:id': await contradiction(owner_email),
    '/portal/:store_id/deliveries/:kind/:id/dismiss': await undelivered(shop),
    '/portal/:store_id/payments/disconnect': `/portal/${shop.id}/payments/disconnect?mode=test`,
    '/dev/mail/:id': `/dev/mail/${letter.id}`,
  }
  const fill = (route: string) =>
    route.replace(/:([\w.]+)/g, (_all, name) => {
      if (params[name] === undefined) throw new Error(`${route}: no row says what :${name} is`)
      return params[name]
    })
  const visitor = (route: string) =>
    route.startsWith('/vendor/') ? vendor : /^\/portal\/(sign-in|enter)/.test(route) ? nobody : owner
  rows = new Map(
    [...routes, '/nothing'].map(route => [
      route,
      { browser: visitor(route), path: special[route] ?? fill(route) },
    ]),
  )
})
afterAll(() => house.close())

/** The page of an event that says something else than we know. */
async function contradiction(owner_email: string): Promise<string> {
  const keys = { ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: SIGNING_SECRET }
  const shop = await openShop(house, keys, { owner_email })
  const { token, order_id } = await openCheckout(house, shop)
  await pay(house, token)
  const event = intentEvent(
    'payment_intent.succeeded',
    paidIntent(await intentOf(house, shop, order_id), 100),
  )
  await deliver(house, event)
  return `/portal/${shop.id}/orders/quarantine/test/${event.id}`
}

/** The page that asks whether a letter is to be let be that no mail server took. */
async function undelivered(shop: Shop): Promise<string> {
  const { id } = await house.deps.db
    .insertInto('mails')
    .values({
      id: newId(),
      store_id: shop.id,
      order_id: null,
      kind: 'dispute',
      box: 'sealed',
      tries: 8,
      expires_at: new Date(Date.now() + 86_400_000),
      sent_at: null,
      failure: 'ECONNREFUSED',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return `/portal/${shop.id}/deliveries/letters/${id}/dismiss`
}

/** Not about safety, or another each time. */
const LEFT_OUT =
  /^(date|connection|keep-alive|transfer-encoding|content-(length|disposition|encoding)|location|set-cookie|etag|x-ratelimit-.*)$/

function safety(headers: Headers): string {
  const lines = [...headers]
    .filter(([name]) => !LEFT_OUT.test(name))
    .map(([name, value]) => `${name}: ${value.replace(/'nonce-[\w+/=]{20,}'/, "'nonce-NEW'")}`)
  return lines.join('\n').replaceAll(house.deps.config.stripe.apiUrl, 'STRIPE').replaceAll(house.url, 'OURS')
}

test('every page there is answers with the headers written down for it', async () => {
  const groups = new Map<string, string[]>()
  for (const [route, { browser, path }] of rows) {
    const { status, headers } = await browser.get(path)
    const said = safety(headers)
    groups.set(said, [...(groups.get(said) ?? []), `${status} ${route}`])
  }
  const listing = [...groups].map(([said, pages]) => `${pages.sort().join('\n')}\n\n${said}`)
  await expect(`${listing.sort().join('\n\n---\n\n')}\n`).toMatchFileSnapshot('pages.headers.txt')
})

test('no page is framed, kept by a cache or runs a script without a nonce, which is new each time', async () => {
  let pages = 0
  for (const [route, { browser, path }] of rows) {
    const [one, two] = [await browser.get(path), await browser.get(path)]
    if (!one.headers.get('content-type')?.startsWith('text/html')) continue
    pages += 1
    const policies = [one, two].map(({ headers }) => headers.get('content-security-policy') ?? '')
    expect([route, one.headers.get('cache-control')]).toEqual([route, 'no-store'])
    for (const part of ["default-src 'none'", "frame-ancestors 'none'"])
      expect([route, policies[0]]).toEqual([route, expect.stringContaining(part)])
    // A part of a page and a letter run no script at all.
    if (!/script-src/.test(policies[0]!)) continue
    expect([route, policies[0]]).toEqual([route, expect.stringMatching(/script-src 'nonce-[\w+/=]{20,}'/)])
    expect([route, policies[0]]).not.toEqual([route, policies[1]])
  }
  expect(pages).toBeGreaterThan(40)
})
