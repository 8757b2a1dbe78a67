import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { keepKey, revokeKey } from '../harness/kept-key.ts'
import { untilPaid } from '../harness/paid-order.ts'
import {
  confirm,
  connect,
  internal,
  newKeys,
  newStore,
  openCheckout,
  openShop,
  orderOf,
  pay,
  type Shop,
  until,
} from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const visit = (token: string, path = '') =>
  fetch(`${house.url}/checkout/${token}${path}`, { redirect: 'manual' })

test('fifty clicks at once make one PaymentIntent', async () => {
  const buyer = await openShop(house)
  const checkout = await openCheckout(house, buyer)
  const answers = await Promise.all(Array.from({ length: 50 }, () => pay(house, checkout.token)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ body }) => body.client_secret)).size).toBe(1)
  const data = await listAtStripe(house, buyer, 'payment_intents')
  const ours = data.filter((intent: { metadata: object }) => 'order_id' in intent.metadata)
  expect(ours).toHaveLength(1)
  expect(ours[0]).toMatchObject({
    amount: 4890,
    currency: 'eur',
    metadata: {
      order_id: checkout.order_id,
      store_id: buyer.id,
      confirmation_code: checkout.confirmation_code,
    },
  })
})

test('two e-mail addresses in two tabs are still one PaymentIntent', async () => {
  const checkout = await openCheckout(house, shop)
  const one = await pay(house, checkout.token, { email: 'ann@example.com' })
  const two = await pay(house, checkout.token, { email: 'ben@example.com' })
  expect(two.body).toEqual(one.body)
  expect((await orderOf(house, shop, checkout.order_id)).customer_email).toBe('ben@example.com')
})

test('an amount in the body is refused', async () => {
  const checkout = await openCheckout(house, shop)
  const { status, body } = await pay(house, checkout.token, { amount: 1 })
  expect([status, body.title]).toEqual([422, 'Something in the request is not right'])
})

test('the return page settles the order by asking Stripe, whatever the URL says', async () => {
  const quiet = await openShop(house, newKeys('NoWebhooks', 'test', 'rk'))
  const checkout = await openCheckout(house, quiet)
  const { body } = await pay(house, checkout.token)

  await visit(checkout.token, '/return?redirect_status=succeeded')
  expect((await orderOf(house, quiet, checkout.order_id)).status).toBe('pending')

  await confirm(house, quiet, body.client_secret)
  const back = await visit(checkout.token, '/return?redirect_status=failed')
  expect([back.status, back.headers.get('location')]).toEqual([303, `/checkout/${checkout.token}`])
  const order = await orderOf(house, quiet, checkout.order_id)
  expect([order.status, order.timeline[0].source]).toEqual(['paid', 'return'])
})

test('declined, then another card: paid, with the same PaymentIntent', async () => {
  const checkout = await openCheckout(house, shop)
  const { body } = await pay(house, checkout.token)
  const declined = await confirm(house, shop, body.client_secret, 'pm_card_chargeDeclined')
  expect(declined.status).toBe(402)
  await until(
    () => orderOf(house, shop, checkout.order_id),
    ({ status }) => status === 'failed',
  )

  const again = await pay(house, checkout.token)
  expect(again.body).toEqual(body)
  await confirm(house, shop, again.body.client_secret)
  await untilPaid(house, shop, checkout.order_id)
})

describe('a session that is over', () => {
  test('paid: the page is the receipt and pay answers 409', async () => {
    const checkout = await openCheckout(house, shop)
    const { body } = await pay(house, checkout.token)
    await confirm(house, shop, body.client_secret)
    await untilPaid(house, shop, checkout.order_id)
    expect((await pay(house, checkout.token)).status).toBe(409)
    const page = await (await visit(checkout.token)).text()
    expect(page).toContain(checkout.confirmation_code)
    expect(page).not.toContain('pay-form')
  })

  test('expired: the page says so, pay answers 409, and no row of a payment is made', async () => {
    const checkout = await openCheckout(house, shop)
    await house.deps.db
      .updateTable('checkout_sessions')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('store_id', '=', shop.id)
      .where('id', '=', checkout.id)
      .execute()
    expect((await pay(house, checkout.token)).status).toBe(409)
    const page = await (await visit(checkout.token)).text()
    expect(page).toContain('This checkout has expired')
    expect(page).not.toContain('pay-form')
    const status = await (await visit(checkout.token, '/status')).json()
    expect(status).toEqual({ status: 'expired' })
    const payments = await house.deps.db
      .selectFrom('payments')
      .select('id')
      .where('store_id', '=', shop.id)
      .where('order_id', '=', checkout.order_id)
      .execute()
    expect(payments).toEqual([])
  })
})

describe('a token that opens nothing', () => {
  test.each([
    ['cut short', (token: string) => token.slice(0, -1)],
    [
      'one letter changed',
      (token: string) => token.slice(0, -3) + (token.at(-3) === 'A' ? 'B' : 'A') + token.slice(-2),
    ],
    ["of another store's name", (token: string) => `B${token.slice(1)}`],
    ['not a token at all', () => '..%2F..%2Fetc'],
  ])('%s', async (_name, change) => {
    const { token } = await openCheckout(house, shop)
    for (const path of ['', '/return', '/status']) expect((await visit(change(token), path)).status).toBe(404)
    expect((await pay(house, change(token))).status).toBe(404)
  })
})

test('a store that is not connected: "Store not connected to Stripe", and no order is kept', async () => {
  const { id } = await newStore(house)
  const { status, body } = await internal(house, 'POST', `/stores/${id}/checkout-sessions`, {
    line_items: [{ product_id: 'mug', quantity: 1 }],
    success_url: 'https://shop.example/thanks',
    cancel_url: 'https://shop.example/cart',
  })
  expect([status, body.title]).toEqual([409, 'Store not connected to Stripe'])
  expect((await internal(house, 'GET', `/stores/${id}/orders`)).body.data).toEqual([])
})

test('a key that Stripe no longer accepts: the shopper is told politely and the status says so', async () => {
  const revoked = await openShop(house)
  const checkout = await openCheckout(house, revoked)
  await revokeKey(house, revoked)
  const { status, body } = await pay(house, checkout.token)
  expect([status, body.title]).toEqual([409, 'Payments are not possible here right now'])
  const { body: said } = await internal(house, 'GET', `/stores/${revoked.id}/stripe-status`)
  expect([said.has_stripe, said.modes.test.problems[0]]).toEqual([false, 'Invalid API key'])
  expect(await (await visit(checkout.token)).text()).toContain('cannot take payments right now')
})

test('a permission that was taken away is named, and the key is not called invalid', async () => {
  const limited = await openShop(house, newKeys('Limited', 'test', 'rk'))
  const checkout = await openCheckout(house, limited)
  await keepKey(house, limited, limited.keys.secret_key.replace('Limited', 'NoIntents'))
  expect((await pay(house, checkout.token)).status).toBe(409)
  const { body } = await internal(house, 'GET', `/stores/${limited.id}/stripe-status`)
  expect([body.has_stripe, body.modes.test.problems]).toEqual([
    true,
    ['The key lacks the permission PaymentIntents'],
  ])
})

test('a connection that is replaced in between: the open PaymentIntent stays with the keys that made it', async () => {
  const keys = newKeys()
  const moved = await openShop(house, keys)
  const checkout = await openCheckout(house, moved)
  const before = await pay(house, checkout.token)
  expect((await connect(house, moved.id, { ...keys, secret_key: `${keys.secret_key}New` })).status).toBe(303)
  const after = await pay(house, checkout.token)
  expect(after.body).toEqual(before.body)
})
