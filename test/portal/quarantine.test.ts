import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'
import { type Browser, otherOwner, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser

beforeAll(async () => {
  house = await openHouse()
  const keys = { ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: SIGNING_SECRET }
  shop = await openShop(house, keys)
  owner = await signedIn(house)
})
afterAll(() => house.close())

async function contradiction(changes: object = {}) {
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  const intent = await intentOf(house, shop, checkout.order_id)
  const event = intentEvent('payment_intent.succeeded', paidIntent(intent, 100, changes))
  expect((await deliver(house, event)).body.status).toBe('quarantined')
  const list = `/portal/${shop.id}/orders/quarantine`
  return { ...checkout, event: event.id, list, page: `${list}/test/${event.id}` }
}

test('a contradiction is pointed out beside the orders, and shown with what each side says', async () => {
  const { list, page, event, confirmation_code } = await contradiction()
  expect((await owner.get(`/portal/${shop.id}/orders`)).text).toContain(list)
  expect((await owner.get(list)).text).toContain(page)
  const { text } = await owner.get(page)
  for (const said of [event, confirmation_code, '€1.00', '€48.90', 'The amounts differ']) {
    expect(text).toContain(said)
  }
})

test('it is dismissed with a reason, and not without', async () => {
  const { list, page, event, order_id } = await contradiction({ currency: '<b>' })
  const refused = await owner.post(`${page}/dismiss`, { note: ' ' })
  expect([refused.status, refused.text.includes('Say in a few words')]).toEqual([422, true])
  expect(refused.text).not.toContain('<b>')
  expect((await owner.post(`${page}/dismiss`, { note: 'A test of ours' })).location).toContain(
    'done=event_dismissed',
  )
  expect((await owner.get(list)).text).not.toContain(event)
  expect((await owner.get(page)).status).toBe(404)
  expect((await orderOf(house, shop, order_id)).status).toBe('pending')
  expect((await owner.get(`/portal/${shop.id}/activity`)).text).toContain('A test of ours')
})

test('checked again it stays while it contradicts, and pays the order once it fits', async () => {
  const { page, order_id } = await contradiction()
  expect((await owner.post(`${page}/retry`)).location).toContain('done=event_quarantined')
  await house.deps.db.updateTable('payments').set({ amount: 100 }).where('order_id', '=', order_id).execute()
  expect((await owner.post(`${page}/retry`)).location).toContain('done=event_processed')
  expect((await orderOf(house, shop, order_id)).status).toBe('paid')
})

test("another owner's contradictions are not found, and a form of another site decides nothing", async () => {
  const { page, list, event } = await contradiction()
  const stranger = await otherOwner(house)
  for (const path of [list, page]) expect((await stranger.get(path)).status).toBe(404)
  expect((await stranger.post(`${page}/dismiss`, { note: 'mine' })).status).toBe(404)
  expect((await owner.post(`${page}/dismiss`, { note: 'x' }, 'https://evil.example')).status).toBe(403)
  expect((await owner.get(list)).text).toContain(event)
})
