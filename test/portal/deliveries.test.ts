import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { idsOf, listen, openReceiver, type Receiver, tellNow } from '../harness/receiver.ts'
import { newStore, openShop, type Shop } from '../harness/shop.ts'
import { type Browser, signedIn } from '../owners/browser.ts'
import { actions, read } from './reading.ts'

let house: House
let shop: Shop
let owner: Browser
let receiver: Receiver
let home: string

beforeAll(async () => {
  house = await openHouse()
  receiver = await openReceiver()
  shop = await openShop(house)
  await listen(house, shop, `${receiver.url}?secret=of-the-partner`)
  owner = await signedIn(house)
  home = `/portal/${shop.id}/deliveries`
})
afterAll(async () => {
  await house.close()
  await receiver.close()
})

const idIn = (html: string) => /name="id" value="([^"]+)"/.exec(html)![1]!

describe('notifications of a platform', () => {
  test('are seen by the owner, with attempts and the last answer, but no secret and no part of the address that may be one', async () => {
    await paidOrder(house, shop)
    await tellNow(house)
    const list = await owner.get(home)
    expect(list.text).toContain(receiver.url)
    const page = await owner.get(`${home}/endpoints/hooks`)
    const said = read(page.text)
    for (const part of [
      'hooks Working',
      'order.paid',
      'Delivered',
      'One attempt, last answer 200',
      'Everything',
    ]) {
      expect(said).toContain(part)
    }
    for (const { text } of [list, page]) expect(text).not.toMatch(/of-the-partner|whsec_/)
    expect(read((await owner.get(`${home}/endpoints/hooks?state=given_up`)).text)).toContain(
      'No such notifications',
    )
    expect((await owner.get(`${home}/endpoints/nowhere`)).status).toBe(404)
  })

  test('are sent again when the owner asks, under the same id, and it is written down', async () => {
    await paidOrder(house, shop)
    await tellNow(house)
    const before = idsOf(receiver).length
    const id = idIn((await owner.get(`${home}/endpoints/hooks`)).text)
    expect((await owner.post(`${home}/endpoints/hooks/replay`, { id })).location).toContain('done=replayed')
    await tellNow(house)
    expect(idsOf(receiver).slice(before)).toEqual([id])

    const all = new Set(idsOf(receiver)).size
    const since = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
    await owner.post(`${home}/endpoints/hooks/replay`, { since })
    await tellNow(house)
    expect(idsOf(receiver)).toHaveLength(before + 1 + all)
    const nothing = await owner.post(`${home}/endpoints/hooks/replay`, { since: '2999-01-01' })
    expect(nothing.location).toContain('done=replayed_none')
    expect(read((await owner.get(`/portal/${shop.id}/activity`)).text)).toContain(
      'Asked for notifications to hooks to be sent again',
    )
  })

  test('that were given up are counted, on the list and at the endpoint', async () => {
    await paidOrder(house, shop)
    await tellNow(house)
    expect(read((await owner.get(home)).text)).not.toContain('given up')
    const { numUpdatedRows } = await house.deps.db
      .updateTable('notifications')
      .set({ delivered_at: null, given_up_at: new Date() })
      .where('store_id', '=', shop.id)
      .executeTakeFirst()
    expect(Number(numUpdatedRows)).toBeGreaterThan(1)
    expect(read((await owner.get(home)).text)).toContain(`${numUpdatedRows} notifications given up`)
    const page = read((await owner.get(`${home}/endpoints/hooks`)).text)
    expect(page).toContain(`Given up (${numUpdatedRows})`)
  })

  test('to an endpoint that was stopped cannot be sent again, and the page says who can change that', async () => {
    const stopped = await openShop(house)
    await listen(house, stopped, receiver.url, { endpoint: 'gone' })
    receiver.answer(response => response.writeHead(410).end())
    await paidOrder(house, stopped)
    await tellNow(house)
    receiver.answer(response => response.end('ok'))
    const path = `/portal/${stopped.id}/deliveries/endpoints/gone`
    const { text } = await owner.get(path)
    expect(read(text)).toContain('Your platform has to switch it on again')
    expect(actions(text, '/replay')).toEqual([])
    expect((await owner.post(`${path}/replay`, { since: '2026-01-01' })).location).toContain(
      'replay_disabled',
    )
  })
})

test("another owner's deliveries are not found, and a form of another site sends nothing again", async () => {
  await paidOrder(house, shop)
  await tellNow(house)
  const sent = idsOf(receiver).length
  const id = idIn((await owner.get(`${home}/endpoints/hooks`)).text)
  const own = await newStore(house, { owner_email: 'other@example.com' })
  const other = await signedIn(house, 'other@example.com')
  const theirs = `/portal/${own.id}/deliveries`
  for (const path of [home, `${home}/endpoints/hooks`, `${theirs}/endpoints/hooks`]) {
    expect((await other.get(path)).status).toBe(404)
  }
  for (const path of [`${home}/endpoints/hooks/replay`, `${theirs}/endpoints/hooks/replay`]) {
    expect((await other.post(path, { id })).status).toBe(404)
  }
  expect((await owner.post(`${home}/endpoints/hooks/replay`, { id }, 'https://evil.example')).status).toBe(
    403,
  )
  await tellNow(house)
  expect(idsOf(receiver)).toHaveLength(sent)
})
