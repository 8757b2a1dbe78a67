import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { internal, newKeys, newStore, openShop } from '../harness/shop.ts'
import { type Browser, openBrowser, signedIn, signIn } from '../owners/browser.ts'

let house: House
let mine: { id: string }
let owner: Browser

beforeAll(async () => {
  house = await openHouse()
  mine = await newStore(house)
  owner = await signedIn(house)
})
afterAll(() => house.close())

const connectPath = (id: string, more: Record<string, string> = {}) =>
  `/stripe/connect?${new URLSearchParams({ store_id: id, ...more })}`

const form = (id: string, more: object = {}) => {
  const { account_id: _, ...keys } = newKeys()
  return { store_id: id, return_url: '', ct: '', ...keys, ...more }
}

const status = async (id: string) => (await internal(house, 'GET', `/stores/${id}/stripe-status`)).body

describe('the bare connect address', () => {
  test('leads to the sign-in and back, with store and return address kept', async () => {
    const browser = openBrowser(house)
    const wanted = connectPath(mine.id, { return_url: 'https://shop.example/settings' })
    const first = await browser.get(wanted)
    expect(first.status).toBe(303)
    const next = new URL(first.location!, house.url).searchParams.get('next')!
    expect(await signIn(house, browser, 'owner@example.com', next)).toBe(wanted)
    const page = await browser.get(wanted)
    expect(page.status).toBe(200)
    expect(page.text).toContain('name="return_url" value="https://shop.example/settings"')
  })

  test('says the same of a store that exists, one that does not and one that is somebody else’s', async () => {
    const theirs = await newStore(house, { owner_email: 'other@example.com' })
    const stranger = openBrowser(house)
    const ids = [mine.id, theirs.id, '0199d3a0-0000-7000-8000-0000000000ff', 'nonsense', "' or 1=1"]
    for (const id of ids) {
      const { status, location } = await stranger.get(connectPath(id))
      expect([status, location]).toEqual([
        303,
        `/portal/sign-in?${new URLSearchParams({ next: connectPath(id) })}`,
      ])
    }
    const seen = []
    for (const id of ids.slice(1)) {
      const { status, location } = await owner.get(connectPath(id))
      const page = await owner.get(location!)
      seen.push([
        status,
        page.status,
        page.text.includes('Test Store'),
        page.text.includes('owner@example.com'),
      ])
    }
    expect(new Set(seen.map(one => JSON.stringify(one)))).toEqual(new Set(['[303,200,false,true]']))
  })
})

describe('an owner who is signed in', () => {
  test('connects the store, and the trail says who it was', async () => {
    const answer = await owner.post('/stripe/connect', form(mine.id))
    expect([answer.status, answer.location]).toEqual([303, `/stripe/success/${mine.id}`])
    expect((await status(mine.id)).has_stripe).toBe(true)
    const trail = await house.deps.db
      .selectFrom('audit')
      .select(['actor_kind', 'actor', 'action'])
      .where('store_id', '=', mine.id)
      .where('action', 'in', ['keys.connected', 'keys.replaced'])
      .execute()
    expect(trail).toEqual([{ actor_kind: 'owner', actor: 'owner@example.com', action: 'keys.connected' }])
  })

  test('is led back to an origin of the list or to our own portal, and nowhere else', async () => {
    const portal = `${house.url}/portal/${mine.id}/payments`
    for (const [return_url, location] of [
      ['https://shop.example/done?x=1', 'https://shop.example/done?x=1'],
      [portal, portal],
      ['https://evil.example/', `/stripe/success/${mine.id}`],
      ['//evil.example/', `/stripe/success/${mine.id}`],
      ['https://shop.example@evil.example/', `/stripe/success/${mine.id}`],
    ]) {
      const answer = await owner.post('/stripe/connect', form(mine.id, { return_url }))
      expect([return_url, answer.location]).toEqual([return_url, location])
    }
  })

  test('connects nobody else’s store', async () => {
    const theirs = await newStore(house, { owner_email: 'other@example.com' })
    const answer = await owner.post('/stripe/connect', form(theirs.id))
    expect(answer.location).toContain('/portal/sign-in')
    expect((await status(theirs.id)).has_stripe).toBe(false)
  })

  test('connects nothing by a form of another site', async () => {
    const store = await newStore(house)
    for (const origin of ['https://evil.example', 'null', house.url.replace('http:', 'https:')]) {
      expect((await owner.post('/stripe/connect', form(store.id), origin)).status).toBe(403)
    }
    expect((await status(store.id)).has_stripe).toBe(false)
  })
})

test('whoever knows only the store’s id connects nothing', async () => {
  const store = await newStore(house)
  const stranger = openBrowser(house)
  expect((await stranger.post('/stripe/connect', form(store.id))).location).toContain('/portal/sign-in')
  expect((await stranger.post('/stripe/connect', form(store.id, { ct: 'x' }))).status).toBe(403)
  expect((await status(store.id)).has_stripe).toBe(false)
})

describe('what was connected', () => {
  test('is shown to the owner and to the browser that did it, to nobody else', async () => {
    const shop = await openShop(house)
    const page = `/stripe/success/${shop.id}`
    expect((await owner.get(page)).text).toContain(shop.keys.account_id)

    const stranger = await openBrowser(house).get(page)
    expect(stranger.status).toBe(200)
    for (const detail of [
      shop.keys.account_id,
      'Test Store',
      'Restricted',
      'Secret key',
      shop.keys.publishable_key,
    ]) {
      expect(stranger.text).not.toContain(detail)
    }

    const { body } = await internal(house, 'POST', `/stores/${shop.id}/connect-links`, {})
    const ct = new URL(body.url).searchParams.get('ct')!
    const helper = openBrowser(house)
    await helper.post('/stripe/connect', form(shop.id, { ct, ...shop.keys }))
    expect((await helper.get(page)).text).toContain('acct_1')
    // The note that lets it see this store opens for no other.
    const elsewhere = await openShop(house)
    expect((await helper.get(`/stripe/success/${elsewhere.id}`)).text).not.toContain('acct_1')
  })
})
