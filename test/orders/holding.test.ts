import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sweep } from '../../src/orders/sweep.ts'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { put, reprice } from '../harness/pricing.ts'
import { internal, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const product = (id: string, more: object = {}) =>
  put(house, shop.id, `products/${id}`, { name: id, price: 1000, currency: 'eur', ...more })

async function post(path: string, body: object) {
  const answer = await fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, never> }
}

/** What a shop's page does: a cart, and a checkout for it. */
async function shopper(product_id: string, quantity = 1) {
  const cart = await post('/api/carts', { store_id: shop.id, lines: [{ product_id, quantity }] })
  const { status, body } = await post('/api/checkout/sessions', { cart_id: cart.body.id })
  return { status, body, token: String(body.url).split('/').at(-1)! }
}

/** Lets time go by for one checkout. */
const later = (id: string, minutes: number) =>
  sql`
    with shifted as (
      update checkout_sessions set created_at = created_at - make_interval(mins => ${minutes}),
                                   expires_at = expires_at - make_interval(mins => ${minutes})
      where id = ${id} returning store_id, order_id
    )
    update payments p set ask_at = ask_at - make_interval(mins => ${minutes})
    from shifted where p.store_id = shifted.store_id and p.order_id = shifted.order_id`.execute(house.deps.db)

const minutesLeft = async (id: string) => {
  const row = await house.deps.db
    .selectFrom('checkout_sessions')
    .select(sql<number>`round(extract(epoch from expires_at - now()) / 60)::int`.as('minutes'))
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.minutes
}

const availableOf = async (id: string) =>
  (await internal(house, 'GET', `/stores/${shop.id}/products/${id}`)).body.available

test('a shop’s page holds what is counted for a quarter of an hour; what is not counted, and a partner’s, for an hour', async () => {
  await product('lamp', { stock: 3 })
  await product('poster')
  expect(await minutesLeft((await shopper('lamp')).body.id!)).toBe(15)
  expect(await minutesLeft((await shopper('poster')).body.id!)).toBe(60)
  const { body } = await internal(house, 'POST', `/stores/${shop.id}/checkout-sessions`, {
    line_items: [{ product_id: 'lamp', quantity: 1 }],
    success_url: 'https://shop.example/thanks',
    cancel_url: 'https://shop.example/cart',
  })
  expect(await minutesLeft(body.id)).toBe(60)
})

test('the page says until when the goods are kept, and nothing of the kind when none are counted', async () => {
  await product('clock', { stock: 3 })
  await put(house, shop.id, 'discounts/TEN', { percentage: '10' })
  const { body, token } = await shopper('clock')
  const pageOf = (token: string) => fetch(`${house.url}/checkout/${token}`).then(answer => answer.text())
  expect(await pageOf(token)).toContain(`datetime="${body.expires_at}"`)
  await later(body.id!, 10)
  const repriced = await reprice(house, token, 'discount', { code: 'TEN' })
  const { expires_at } = await house.deps.db
    .selectFrom('checkout_sessions')
    .select('expires_at')
    .where('id', '=', body.id!)
    .executeTakeFirstOrThrow()
  expect(repriced.body.held_until).toBe(expires_at.toISOString())
  expect(await minutesLeft(body.id!)).toBe(15)

  const uncounted = await shopper('poster')
  expect(await pageOf(uncounted.token)).not.toContain('held-until')
  const free = await reprice(house, uncounted.token, 'discount', { code: 'TEN' })
  expect(free.body.held_until).toBeNull()
})

test('who is paying keeps it, but no longer than the hour that any checkout lasts', async () => {
  await product('vase', { stock: 1 })
  const { body, token } = await shopper('vase')
  await later(body.id!, 10)
  expect((await pay(house, token)).status).toBe(200)
  expect(await minutesLeft(body.id!)).toBe(15)
  for (const minutes of [12, 12, 12]) {
    await later(body.id!, minutes)
    await pay(house, token)
  }
  // Opened 46 minutes ago.
  expect(await minutesLeft(body.id!)).toBe(14)
  await later(body.id!, 13)
  await pay(house, token)
  expect(await minutesLeft(body.id!)).toBe(1)
})

test('who went away gives it back, and what they had open at Stripe cannot be paid any more', async () => {
  await product('rug', { stock: 1 })
  const { body, token } = await shopper('rug')
  await pay(house, token)
  expect([await availableOf('rug'), (await shopper('rug')).status]).toEqual([0, 409])
  await later(body.id!, 16)
  expect((await pay(house, token)).status).toBe(409)
  expect((await shopper('rug')).status).toBe(409)
  await sweep(house.deps)
  expect(await availableOf('rug')).toBe(1)
  const [newest] = (await listAtStripe(house, shop, 'payment_intents?limit=1')) as { status: string }[]
  expect(newest!.status).toBe('canceled')
  expect((await shopper('rug')).status).toBe(201)
})

test('the last one is never promised twice, whoever comes, pays and gives up at once', async () => {
  await product('chair', { stock: 1 })
  for (let round = 0; round < 3; round += 1) {
    const first = await shopper('chair')
    expect(first.status).toBe(201)
    await pay(house, first.token)
    await later(first.body.id!, 15)
    const others = await Promise.all([
      sweep(house.deps),
      pay(house, first.token),
      ...Array.from({ length: 8 }, () => shopper('chair')),
    ])
    const opened = others.slice(2).filter(answer => (answer as { status: number }).status === 201)
    const { rows } = await sql<{ order_id: string }>`
      select order_id from stock_holds where store_id = ${shop.id} and product_id = 'chair' and state = 'held'`.execute(
      house.deps.db,
    )
    expect(opened.length).toBeLessThanOrEqual(1)
    expect(rows.length).toBeLessThanOrEqual(1)
    for (const { order_id } of rows) {
      await internal(house, 'POST', `/stores/${shop.id}/orders/${order_id}/cancel`)
    }
    await sweep(house.deps)
    expect(await availableOf('chair')).toBe(1)
  }
})

test('a cart in which everything is free is an order like any other, without Stripe', async () => {
  await product('sample', { price: 0, shippable: false })
  const { status, body, token } = await shopper('sample', 2)
  expect(status).toBe(201)
  const before = (await listAtStripe(house, shop, 'payment_intents?limit=100')).length
  const page = await (await fetch(String(body.url))).text()
  expect([page.includes('Complete order'), page.includes('data-stripe')]).toEqual([true, false])
  const paid = await pay(house, token, { email: 'ann@example.com' })
  expect([paid.status, paid.body]).toEqual([200, { client_secret: null, amount: 0 }])
  expect((await listAtStripe(house, shop, 'payment_intents?limit=100')).length).toBe(before)
  const { rows } = await sql<{ order_id: string }>`
    select order_id from checkout_sessions where store_id = ${shop.id} and id = ${body.id}`.execute(
    house.deps.db,
  )
  expect(await orderOf(house, shop, rows[0]!.order_id)).toMatchObject({ status: 'paid', amount: 0 })
})
