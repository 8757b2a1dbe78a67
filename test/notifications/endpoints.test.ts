import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { counted } from '../../src/lib/metrics.ts'
import { makeTelling } from '../../src/notifications/telling.ts'
import { type House, openHouse } from '../harness/house.ts'
import { idsOf, listen, openReceiver, type Receiver } from '../harness/receiver.ts'
import { internal, newStore, openCheckout, openShop, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop
let receiver: Receiver

const HOUR = 3_600_000
let clock: number
const silent = { error: () => undefined }
const tell = () => makeTelling(house.deps, silent, { now: () => new Date(clock) }).tellNow()
/** How many notifications this process has counted as given up. */
async function givenUp(): Promise<number> {
  const { values } = await counted.getSingleMetric('owntill_notifications_total')!.get()
  return values.find(({ labels }) => labels.outcome === 'given_up')?.value ?? 0
}

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

describe('a secret that is rolled', () => {
  test('both sign for a day, then the new one alone', async () => {
    const old = await listen(house, shop, receiver.url)
    const { status, body } = await internal(house, 'POST', `${endpointPath()}/secret`)
    expect(status).toBe(201)
    const verifies = (secret: string, { headers, body }: Receiver['received'][0]) => {
      const at = Number(headers['webhook-timestamp'])
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
    const secret = await listen(house, shop, receiver.url)
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
    await listen(house, shop, receiver.url)
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
    await listen(house, shop, receiver.url)
    await cancelled()
    await tell()
    expect(await stateOf()).toBe('active')
    expect(new Set(idsOf(receiver)).size).toBe(2)
  })

  test('that is gone (410) is disabled at once', async () => {
    await listen(house, shop, receiver.url)
    receiver.answer(response => response.writeHead(410).end())
    await cancelled()
    await tell()
    expect(await stateOf()).toBe('disabled')
  })

  test('that redirects is not followed', async () => {
    const elsewhere = await openReceiver()
    await listen(house, shop, receiver.url)
    receiver.answer(response => response.writeHead(307, { location: elsewhere.url }).end())
    await cancelled()
    await tell()
    expect([receiver.received.length, elsewhere.received.length]).toEqual([1, 0])
    await elsewhere.close()
  })

  test('that talks without end is cut off, and what it said is not kept', async () => {
    await listen(house, shop, receiver.url)
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
    await listen(house, shop, receiver.url)
    expect(
      (await internal(house, 'GET', `/stores/${shop.id}/notification-endpoints`)).body.data,
    ).toMatchObject([{ id: 'hooks', url: receiver.url, types: null, state: 'active' }])
    await cancelled()
    expect((await internal(house, 'DELETE', endpointPath())).status).toBe(204)
    await tell()
    expect(receiver.received).toEqual([])
    expect((await internal(house, 'GET', endpointPath())).status).toBe(404)
    expect((await internal(house, 'DELETE', endpointPath())).status).toBe(404)
  })

  test('of another store is not found', async () => {
    await listen(house, shop, receiver.url)
    const other = await newStore(house)
    expect((await internal(house, 'GET', endpointPath(other))).status).toBe(404)
    expect((await internal(house, 'POST', `${endpointPath(other)}/secret`)).status).toBe(404)
  })
})
