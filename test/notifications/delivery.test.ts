import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { counted } from '../../src/lib/metrics.ts'
import { OrderNotification, StoreNotification } from '../../src/notifications/schemas.ts'
import { makeTelling } from '../../src/notifications/telling.ts'
import { disconnectStore } from '../../src/stores/connections.ts'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { idsOf, openReceiver, type Receiver, typesOf } from '../harness/receiver.ts'
import { internal, newStore, openCheckout, openShop, type Shop, until } from '../harness/shop.ts'

let house: House
let shop: Shop
let receiver: Receiver

const MINUTE = 60_000
const HOUR = 60 * MINUTE
let clock: number
const silent = { error: () => undefined }
const telling = () => makeTelling(house.deps, silent, { now: () => new Date(clock) })
const tell = () => telling().tellNow()
/** How many notifications this process has counted as given up. */
async function givenUp(): Promise<number> {
  const { values } = await counted.getSingleMetric('owntill_notifications_total')!.get()
  return values.find(({ labels }) => labels.outcome === 'given_up')?.value ?? 0
}
const seconds = (iso: unknown) => Number(iso)

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

const endpointPath = (id = 'main', store = shop.id) => `/stores/${store}/notification-endpoints/${id}`

async function listen(to = receiver, more: object = {}, id = 'main', store = shop.id): Promise<string> {
  const { status, body } = await internal(house, 'PUT', endpointPath(id, store), { url: to.url, ...more })
  expect(status).toBe(200)
  return body.secret
}

const cancelled = async (store = shop) => {
  const { order_id } = await openCheckout(house, store)
  await internal(house, 'POST', `/stores/${store.id}/orders/${order_id}/cancel`)
  return order_id
}

test('a paid order is told once, signed as Standard Webhooks says', async () => {
  const secret = await listen()
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
  await listen(receiver, { types: ['order.refunded', 'store.disconnected'] })
  await listen(all, {}, 'all')
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
  await listen()
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
  for (let index = 0; index < 4; index += 1) await listen(dead, {}, `a-dead-${index}`)
  for (const [index, other] of others.entries()) await listen(other, {}, `living-${index}`)
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

describe('a secret that is rolled', () => {
  test('both sign for a day, then the new one alone', async () => {
    const old = await listen()
    const { status, body } = await internal(house, 'POST', `${endpointPath()}/secret`)
    expect(status).toBe(201)
    const verifies = (secret: string, { headers, body }: Receiver['received'][0]) => {
      const at = seconds(headers['webhook-timestamp'])
      // The library looks at the real clock: what it checks here is the signature of that moment.
      const signature = new Webhook(secret).sign(String(headers['webhook-id']), new Date(at * 1_000), body)
      return String(headers['webhook-signature']).split(' ').includes(signature)
    }
    await cancelled()
    await tell()
    expect(verifies(old, receiver.received[0]!)).toBe(true)
    expect(verifies(body.secret, receiver.received[0]!)).toBe(true)
    const verified = new Webhook(old).verify(
      receiver.received[0]!.body,
      receiver.received[0]!.headers as Record<string, string>,
    )
    expect(verified).toMatchObject({ type: 'order.cancelled' })

    clock += 25 * HOUR
    await cancelled()
    await tell()
    expect(verifies(old, receiver.received[1]!)).toBe(false)
    expect(verifies(body.secret, receiver.received[1]!)).toBe(true)
  })

  test('is shown once and sealed in the database', async () => {
    const secret = await listen()
    expect(secret).toMatch(/^whsec_/)
    expect((await internal(house, 'GET', endpointPath())).body).not.toHaveProperty('secret')
    expect((await internal(house, 'PUT', endpointPath(), { url: receiver.url })).body).not.toHaveProperty(
      'secret',
    )
    const { rows } = await house.deps.db.engine.query<{ kept: string }>(
      'select e::text as kept from notification_endpoints e',
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ kept }) => kept.includes(secret.slice(6)))).toEqual([])
  })
})

describe('an endpoint', () => {
  const stateOf = async () => (await internal(house, 'GET', endpointPath())).body.state

  test('that fails for three days is disabled, and the owner and the trail say so', async () => {
    const before = await givenUp()
    await listen()
    receiver.answer(response => response.writeHead(500).end())
    await cancelled()
    for (let hour = 0; hour < 80 && (await stateOf()) === 'active'; hour += 1) {
      await tell()
      clock += HOUR
    }
    expect(await stateOf()).toBe('disabled')
    expect(clock - Date.now()).toBeGreaterThan(70 * HOUR)
    const { action } = await house.deps.db
      .selectFrom('audit')
      .select('action')
      .where('store_id', '=', shop.id)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    expect(action).toBe('notification_endpoint.disabled')
    expect(new Set(idsOf(receiver)).size).toBe(1)
    expect(await givenUp()).toBe(before + 1)

    receiver.answer(response => response.end())
    await listen()
    await cancelled()
    await tell()
    expect(await stateOf()).toBe('active')
    expect(new Set(idsOf(receiver)).size).toBe(2)
  })

  test('that is gone (410) is disabled at once', async () => {
    await listen()
    receiver.answer(response => response.writeHead(410).end())
    await cancelled()
    await tell()
    expect(await stateOf()).toBe('disabled')
  })

  test('that redirects is not followed', async () => {
    const elsewhere = await openReceiver()
    await listen()
    receiver.answer(response => response.writeHead(307, { location: elsewhere.url }).end())
    await cancelled()
    await tell()
    expect([receiver.received.length, elsewhere.received.length]).toEqual([1, 0])
    await elsewhere.close()
  })

  test('that talks without end is cut off, and what it said is not kept', async () => {
    await listen()
    receiver.answer(response => {
      response.writeHead(200)
      const talk = setInterval(() => response.write('canary'.repeat(10_000)), 5)
      response.on('close', () => clearInterval(talk))
    })
    await cancelled()
    await tell()
    const { body } = await internal(house, 'GET', `${endpointPath()}/notifications`)
    expect(body.data).toMatchObject([{ state: 'delivered', answer: '200', tries: 1 }])
  })

  test('is listed, read and deleted; nothing is sent to it afterwards', async () => {
    await listen()
    expect(
      (await internal(house, 'GET', `/stores/${shop.id}/notification-endpoints`)).body.data,
    ).toMatchObject([{ id: 'main', url: receiver.url, types: null, state: 'active' }])
    await cancelled()
    expect((await internal(house, 'DELETE', endpointPath())).status).toBe(204)
    await tell()
    expect(receiver.received).toEqual([])
    expect((await internal(house, 'GET', endpointPath())).status).toBe(404)
    expect((await internal(house, 'DELETE', endpointPath())).status).toBe(404)
  })

  test('of another store is not found', async () => {
    await listen()
    const { id } = await newStore(house)
    expect((await internal(house, 'GET', endpointPath('main', id))).status).toBe(404)
    expect((await internal(house, 'POST', `${endpointPath('main', id)}/secret`)).status).toBe(404)
  })
})

test('what was delivered is sent again when asked, under the same id', async () => {
  await listen()
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
