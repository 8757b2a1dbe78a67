import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { whoAsks } from '../../src/orders/pace.ts'
import { sweep } from '../../src/orders/sweep.ts'
import { intentAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import {
  confirm,
  fromSomewhere,
  json,
  openCheckout,
  openShop,
  orderOf,
  pay,
  type Shop,
  until,
} from '../harness/shop.ts'
import { intentOf } from '../harness/stripe-event.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

/** Presses pay from one address. */
async function payFrom(address: Record<string, string>, token: string) {
  const answer = await fetch(`${house.url}/checkout/${token}/pay`, {
    method: 'POST',
    headers: { origin: house.url, 'content-type': 'application/json', ...address },
    body: '{}',
  })
  return { status: answer.status, wait: Number(answer.headers.get('retry-after')), body: await json(answer) }
}

/** A checkout whose card was declined so many times. */
async function declined(times: number, of = shop) {
  const checkout = await openCheckout(house, of)
  const { body } = await pay(house, checkout.token)
  for (let time = 1; time <= times; time += 1) {
    await confirm(house, of, body.client_secret, 'pm_card_chargeDeclined')
    await until(
      () => orderOf(house, of, checkout.order_id),
      ({ timeline }) => timeline.length === time,
    )
  }
  return { ...checkout, secret: body.client_secret as string }
}

test('three declines cost no time; then each one doubles the wait', async () => {
  const checkout = await declined(3)
  expect((await payFrom(fromSomewhere(), checkout.token)).status).toBe(200)
  const waits: number[] = []
  for (let time = 0; time < 3; time += 1) {
    await confirm(house, shop, checkout.secret, 'pm_card_chargeDeclined')
    await until(
      () => orderOf(house, shop, checkout.order_id),
      ({ timeline }) => timeline.length === 4 + time,
    )
    const { status, wait, body } = await payFrom(fromSomewhere(), checkout.token)
    expect([status, body.type]).toEqual([429, 'urn:owntill:problem:too-many-requests'])
    waits.push(wait)
  }
  const [first, second, third] = waits as [number, number, number]
  expect(first).toBeLessThanOrEqual(15)
  expect(second).toBeGreaterThan(15)
  expect(third).toBeGreaterThan(30)
})

test('when the wait is over the next try is let through, and pays', async () => {
  const checkout = await declined(5)
  expect((await pay(house, checkout.token)).status).toBe(429)
  await house.deps.db
    .updateTable('order_timeline')
    .set({ at: sql<Date>`at - interval '1 hour'` })
    .where('order_id', '=', checkout.order_id)
    .execute()
  const { status, body } = await pay(house, checkout.token)
  expect(status).toBe(200)
  expect((await confirm(house, shop, body.client_secret)).status).toBe(200)
})

test('eight declines: the PaymentIntent is taken away, so that no more cards are tried on it', async () => {
  const checkout = await declined(8)
  const intent = await intentOf(house, shop, checkout.order_id)
  await sweep(house.deps)
  expect((await intentAtStripe(house, shop, intent)).status).toBe('canceled')
  expect((await confirm(house, shop, checkout.secret)).status).toBe(400)
  expect((await pay(house, checkout.token)).status).toBe(429)
}, 30_000)

test('one address that presses pay on one checkout after the other has to wait, and others do not', async () => {
  const address = fromSomewhere()
  const checkouts = await Promise.all(Array.from({ length: 22 }, () => openCheckout(house, shop)))
  const answers = []
  for (const { token } of checkouts) answers.push(await payFrom(address, token))
  expect(answers.slice(0, 20).every(({ status }) => status === 200)).toBe(true)
  const [slow, slower] = answers.slice(20) as [(typeof answers)[0], (typeof answers)[0]]
  expect([slow.status, slower.status]).toEqual([429, 429])
  expect(slower.wait).toBeGreaterThan(slow.wait)
  expect((await payFrom(fromSomewhere(), checkouts[21]!.token)).status).toBe(200)
})

test('a store on which many cards are declined allows few tries from each address', async () => {
  const victim = await openShop(house)
  const { order_id } = await openCheckout(house, victim)
  await sql`
    insert into order_timeline (store_id, order_id, status, source)
    select ${victim.id}::uuid, ${order_id}::uuid, 'failed', 'webhook' from generate_series(1, 100)`.execute(
    house.deps.db,
  )
  const address = fromSomewhere()
  const statuses = []
  for (let time = 0; time < 4; time += 1) {
    const { token } = await openCheckout(house, victim)
    statuses.push((await payFrom(address, token)).status)
  }
  expect(statuses).toEqual([200, 200, 200, 429])
})

test('a stranger cannot hold all stock: of one address, so many checkouts are opened and no more', async () => {
  const address = fromSomewhere()
  const post = (path: string, body: object) =>
    fetch(`${house.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...address },
      body: JSON.stringify(body),
    })
  const cart = await json(
    await post('/api/carts', { store_id: shop.id, lines: [{ product_id: 'mug', quantity: 1 }] }),
  )
  const statuses: number[] = []
  let last: Response | undefined
  for (let time = 0; time < 31; time += 1) {
    last = await post('/api/checkout/sessions', { cart_id: cart.id })
    statuses.push(last.status)
  }
  expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 201))
  expect([last!.status, Number(last!.headers.get('retry-after'))]).toEqual([429, expect.any(Number)])
  expect(Number(last!.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a proxy that nobody told us of is not one shopper; an IPv6 network is', () => {
  expect(whoAsks(shop.id, '10.1.2.3')).toBeNull()
  expect(whoAsks(shop.id, '::ffff:127.0.0.1')).toBeNull()
  expect(whoAsks(shop.id, 'nonsense')).toBeNull()
  expect(whoAsks(shop.id, '2001:db8:1:2::3')).toEqual(whoAsks(shop.id, '2001:db8:1:2:ffff::9'))
  expect(whoAsks(shop.id, '203.0.113.7')).not.toEqual(whoAsks(shop.id, '203.0.113.8'))
  expect(whoAsks(shop.id, '203.0.113.7')).not.toEqual(
    whoAsks('0199d3a0-5e1f-7cc0-8000-00000000c0de', '203.0.113.7'),
  )
})
