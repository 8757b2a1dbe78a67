import { afterAll, beforeAll, expect, test } from 'vitest'
import { disconnectStore } from '../../src/stores/connections.ts'
import { type House, openHouse } from '../harness/house.ts'
import { tellNow } from '../harness/receiver.ts'
import { connect, internal, newKeys, openShop, until } from '../harness/shop.ts'
import { lettersTo, openBrowser, signedIn, signIn } from '../owners/browser.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const accountOf = async (id: string) =>
  (await internal(house, 'GET', `/stores/${id}/stripe-status`)).body.modes.test.account_id

test('keys of another account need a code typed just now: a link or an older session is not enough', async () => {
  const email = 'money@example.com'
  const shop = await openShop(house, newKeys(), { owner_email: email })
  const others = newKeys()

  const byLink = await connect(house, shop.id, others)
  expect([byLink.status, await byLink.text()]).toEqual([
    403,
    expect.stringContaining('another Stripe account'),
  ])

  // Letting go of the account first is no way around it.
  await disconnectStore(house.deps, shop.id, 'test', { kind: 'service' })
  expect((await connect(house, shop.id, others)).status).toBe(403)
  expect((await connect(house, shop.id, shop.keys)).status).toBe(303)

  const owner = await signedIn(house, email)
  await house.deps.db
    .updateTable('owner_sessions')
    .set({ signed_in_at: new Date(Date.now() - 11 * 60_000) })
    .where('email', '=', email)
    .execute()
  const form = { store_id: shop.id, return_url: '', ct: '', ...others }
  const old = await owner.post('/stripe/connect', form)
  expect([old.status, old.text]).toEqual([403, expect.stringContaining('Sign in with a new code')])
  expect(await accountOf(shop.id)).toBe(shop.keys.account_id)

  await signIn(house, owner, email)
  expect((await owner.post('/stripe/connect', form)).status).toBe(303)
  expect(await accountOf(shop.id)).toBe(others.account_id)
  await tellNow(house)
  await until(
    async () => lettersTo(house, email).map(({ subject }) => subject),
    subjects => subjects.includes('Test Store now pays into another Stripe account'),
  )
})

test("a session that a partner's link opened does not count as a typed code", async () => {
  const shop = await openShop(house, newKeys(), { owner_email: 'portal@example.com' })
  const { body } = await internal(house, 'POST', `/stores/${shop.id}/portal-links`, {})
  const visitor = openBrowser(house)
  await visitor.post(new URL(body.url).pathname)

  const same = { store_id: shop.id, return_url: '', ct: '', ...shop.keys }
  const sent = await visitor.post('/stripe/connect', same)
  expect([sent.status, sent.location], 'the same account is fine').toEqual([
    303,
    `/stripe/success/${shop.id}`,
  ])
  const other = await visitor.post('/stripe/connect', { ...same, ...newKeys() })
  expect(other.status).toBe(403)
})

test('the owner of before is told when a partner replaces their address', async () => {
  const shop = await openShop(house, newKeys(), { owner_email: 'before@example.com' })
  await internal(house, 'PATCH', `/stores/${shop.id}`, { owner_email: 'after@example.com' })
  await until(
    async () => lettersTo(house, 'before@example.com').map(({ subject }) => subject),
    subjects => subjects.includes('Test Store has another owner now'),
  )
})
