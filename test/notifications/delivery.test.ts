import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { OrderNotification, StoreNotification } from '../../src/notifications/schemas.ts'
import { makeTelling } from '../../src/notifications/telling.ts'
import { disconnectStore } from '../../src/stores/connections.ts'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { idsOf, listen, openReceiver, type Receiver, typesOf } from '../harness/receiver.ts'
import { internal, openCheckout, openShop, type Shop, until } from '../harness/shop.ts'

let house: House
let shop: Shop
let receiver: Receiver

const MINUTE = 60_000
let clock: number
const silent = { error: () => undefined }
const tell = () => makeTelling(house.deps, silent, { now: () => new Date(clock) }).tellNow()

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  clock = Date.now()
  shop = await openShop(house)
  await tell()
  receiver = await openReceiver()
})
afterEach(async () => {
  await receiver.close()
  // Those of the tests before would be tried again, in vain, whenever the clock moves.
  await house.deps.db.deleteFrom('notification_endpoints').execute()
})

const endpointPath = (store: { id: string } = shop) => `/stores/${store.id}/notification-endpoints/hooks`

const cancelled = async () => {
  const { order_id } = await openCheckout(house, shop)
  await internal(house, 'POST', `/stores/${shop.id}/orders/${order_id}/cancel`)
  return order_id
}

test('a paid order is told once, signed as Standard Webhooks says', async () => {
  const secret = await listen(house, shop, receiver.url)
  const { order_id } = await paidOrder(house, shop)
  await tell()
  await tell()
  expect(typesOf(receiver)).toEqual(['order.paid'])
  const [{ headers, body }] = receiver.received as [Receiver['received'][0]]
  const verified = new Webhook(secret).verify(body, headers as Record<string, string>)
  const { data } = OrderNotification.parse(verified)
  expect(data).toMatchObject({
    store_id: shop.id,
    order: { id: order_id, status: 'paid', amount: 4890, currency: 'eur' },
  })
  expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow()
})

test('every type a receiver did not ask for stays away; refunds and the store itself are told as well', async () => {
  const all = await openReceiver()
  await listen(house, shop, receiver.url, { types: ['order.refunded', 'store.disconnected'] })
  await listen(house, shop, all.url, { endpoint: 'all' })
  const { order_id } = await paidOrder(house, shop)
  const refunds = `/stores/${shop.id}/orders/${order_id}/refunds`
  const { body: part } = await internal(house, 'POST', refunds, { amount: 90 })
  await internal(house, 'POST', refunds, {})
  await disconnectStore(house.deps, shop.id, 'test', { kind: 'service' })
  await tell()
  expect(typesOf(receiver)).toEqual(['order.refunded', 'store.disconnected'])
  expect(typesOf(all)).toEqual([
    'order.paid',
    'order.partially_refunded',
    'order.refunded',
    'store.disconnected',
  ])
  const partial = OrderNotification.parse(JSON.parse(all.received[1]!.body))
  expect(partial.data.refund_id).toBe(part.id)
  expect(StoreNotification.parse(JSON.parse(all.received[3]!.body)).data).toEqual({
    store_id: shop.id,
    mode: 'test',
    account_id: shop.keys.account_id,
  })
  // One happening is one id, wherever it is told.
  expect(idsOf(receiver)).toEqual([idsOf(all)[2], idsOf(all)[3]])
  await all.close()
})

test('a receiver that was down for an hour gets everything once it is back, under the same ids', async () => {
  await listen(house, shop, receiver.url)
  receiver.answer(response => response.writeHead(503).end())
  const orders = [await cancelled(), await cancelled()]
  for (let minute = 0; minute < 60; minute += 1) {
    if (minute === 30) orders.push(await cancelled())
    await tell()
    clock += MINUTE
  }
  const tried = new Set(idsOf(receiver))
  expect(tried.size).toBeGreaterThan(0)
  expect(receiver.received.length).toBeLessThan(40)

  receiver.received.length = 0
  receiver.answer(response => response.writeHead(204).end())
  for (let minute = 0; minute < 15; minute += 1) {
    await tell()
    clock += MINUTE
  }
  const told = receiver.received.map(({ body }) => JSON.parse(body).data.order.id)
  expect(told.sort()).toEqual(orders.sort())
  const ids = new Set(idsOf(receiver))
  expect(ids.size).toBe(3)
  expect([...tried].filter(id => !ids.has(id))).toEqual([])
})

test('one dead receiver among many delays nobody', async () => {
  const dead = await openReceiver()
  dead.answer(() => undefined)
  const others = await Promise.all(Array.from({ length: 12 }, () => openReceiver()))
  for (let index = 0; index < 4; index += 1)
    await listen(house, shop, dead.url, { endpoint: `a-dead-${index}` })
  for (const [index, other] of others.entries())
    await listen(house, shop, other.url, { endpoint: `living-${index}` })
  await cancelled()
  await cancelled()
  const started = performance.now()
  const told = tell()
  await until(
    async () => others.map(({ received }) => received.length),
    counts => counts.every(count => count === 2),
  )
  expect(performance.now() - started).toBeLessThan(4_000)
  expect(dead.received).toHaveLength(4)
  await dead.close()
  await told
  await Promise.all(others.map(other => other.close()))
})

test('what was delivered is sent again when asked, under the same id', async () => {
  await listen(house, shop, receiver.url)
  await cancelled()
  await cancelled()
  await tell()
  const [first, second] = idsOf(receiver)
  const { status, body } = await internal(house, 'POST', `${endpointPath()}/replay`, { id: first })
  expect([status, body]).toEqual([202, { notifications: 1 }])
  clock = Date.now() + 1_000
  await tell()
  expect(idsOf(receiver)).toEqual([first, second, first])

  await internal(house, 'POST', `${endpointPath()}/replay`, { since: new Date(0).toISOString() })
  clock = Date.now() + 1_000
  await tell()
  expect(idsOf(receiver).slice(3).sort()).toEqual([first, second].sort())
  expect((await internal(house, 'POST', `${endpointPath()}/replay`, {})).status).toBe(422)
})
