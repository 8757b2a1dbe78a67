import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSecret } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { type House, openHouse } from '../harness/house.ts'
import { internal, newStore } from '../harness/shop.ts'
import { openBrowser, signIn } from '../owners/browser.ts'

const EMAIL = 'owner@example.com'
let house: House
let mine: { id: string }
let second: { id: string }

beforeAll(async () => {
  house = await openHouse()
  mine = await newStore(house, { owner_email: EMAIL })
  second = await newStore(house, { owner_email: EMAIL })
})
afterAll(() => house.close())

async function linkTo(id: string, body: object = {}): Promise<string> {
  const answer = await internal(house, 'POST', `/stores/${id}/portal-links`, body)
  expect(answer.status).toBe(201)
  return new URL(answer.body.url).pathname
}

test('opening a link spends nothing: scanners may; its button signs in, once', async () => {
  const path = await linkTo(mine.id, { path: '/payments' })
  const [scanner, owner, late] = [openBrowser(house), openBrowser(house), openBrowser(house)]
  for (let round = 0; round < 3; round += 1) expect((await scanner.get(path)).status).toBe(200)
  expect(scanner.cookies.size).toBe(0)
  const answer = await owner.post(path)
  expect([answer.status, answer.location]).toEqual([303, `/portal/${mine.id}/payments`])
  expect((await owner.get(answer.location!)).status).toBe(200)
  expect((await late.post(path)).status).toBe(403)
  expect((await late.get(path)).status).toBe(403)
})

test('it opens that store only, even when its owner has others', async () => {
  const owner = openBrowser(house)
  await owner.post(await linkTo(mine.id))
  expect((await owner.get(`/portal/${mine.id}`)).status).toBe(200)
  expect((await owner.get(`/portal/${second.id}`)).status).toBe(404)
  expect((await owner.get('/portal')).location).toBe(`/portal/${mine.id}`)
  expect((await owner.get(`/stripe/connect?store_id=${second.id}`)).location).toContain('sign-in')
})

test('it does not speak for the owner’s other sign-ins', async () => {
  const [byCode, byLink] = [openBrowser(house), openBrowser(house)]
  await signIn(house, byCode, EMAIL)
  await byLink.post(await linkTo(mine.id))
  await byLink.post('/portal/sign-out-everywhere')
  expect((await byCode.get('/portal/account')).status).toBe(200)
  expect((await byLink.get('/portal/account')).status).toBe(303)
})

test('of many who press at once one gets in', async () => {
  const path = await linkTo(mine.id)
  const answers = await Promise.all(Array.from({ length: 8 }, () => openBrowser(house).post(path)))
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
})

test('a link ends after ten minutes, and is kept as a digest', async () => {
  const path = await linkTo(mine.id)
  const rows = JSON.stringify(await house.deps.db.selectFrom('portal_links').selectAll().execute())
  expect(rows).not.toContain(path.split('/').at(-1))
  await house.deps.db
    .updateTable('portal_links')
    .set({ expires_at: sql`expires_at - interval '10 minutes 1 second'` })
    .execute()
  expect((await openBrowser(house).post(path)).status).toBe(403)
})

test('altered, foreign and invented links open nothing', async () => {
  const path = await linkTo(mine.id)
  const token = path.split('/').at(-1)!
  const other = (await linkTo(second.id)).split('/').at(-1)!
  for (const trick of [
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    `${other.slice(0, 22)}${token.slice(22)}`,
    token.slice(1),
    'x',
    `${token}x`,
  ]) {
    expect((await openBrowser(house).get(`/portal/enter/${trick}`)).status).toBe(403)
    expect((await openBrowser(house).post(`/portal/enter/${trick}`)).status).toBe(403)
  }
  expect((await openBrowser(house).post(path, {}, 'https://evil.example')).status).toBe(403)
})

test('only the store’s own partner makes one, and only into the store’s own pages', async () => {
  const secret = newSecret()
  await addPartner(house.deps.db, 'Other partner', new Secret(secret))
  expect((await internal(house, 'POST', `/stores/${mine.id}/portal-links`, {}, secret)).status).toBe(404)
  for (const path of ['//evil.example', 'https://evil.example', '/../../x', '/a?b', 'orders', '/%2e%2e']) {
    const answer = await internal(house, 'POST', `/stores/${mine.id}/portal-links`, { path })
    expect([path, answer.status]).toEqual([path, 422])
  }
})
