import { afterAll, beforeAll, expect, test } from 'vitest'
import { intentAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { fault } from '../harness/sandbox-control.ts'
import { confirm, internal, openCheckout, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import { intentOf } from '../harness/stripe-event.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const cancel = (orderId: string, of = shop) =>
  internal(house, 'POST', `/stores/${of.id}/orders/${orderId}/cancel`)

test('cancels at Stripe first, ends the session, and twice is once', async () => {
  const checkout = await openCheckout(house, shop)
  const { body } = await pay(house, checkout.token)
  for (let time = 0; time < 2; time += 1) {
    const answer = await cancel(checkout.order_id)
    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled'])
  }
  const intent = await intentOf(house, shop, checkout.order_id)
  expect((await intentAtStripe(house, shop, intent)).status).toBe('canceled')
  expect((await confirm(house, shop, body.client_secret)).status).toBe(400)
  expect((await pay(house, checkout.token)).status).toBe(409)
  const page = await (await fetch(`${house.url}/checkout/${checkout.token}`)).text()
  expect(page).not.toContain('pay-form')
  const { timeline } = await orderOf(house, shop, checkout.order_id)
  expect(timeline.map(({ status, source }: never) => [status, source])).toEqual([['cancelled', 'partner']])
})

test('an order on which nobody pressed pay is cancelled too', async () => {
  const { order_id } = await openCheckout(house, shop)
  expect((await cancel(order_id)).body.status).toBe('cancelled')
})

test('a paid order is not cancelled, even if we have not heard yet that it is paid', async () => {
  const checkout = await openCheckout(house, shop)
  const { body } = await pay(house, checkout.token)
  await confirm(house, shop, body.client_secret)
  const answer = await cancel(checkout.order_id)
  expect([answer.status, answer.body.type]).toEqual([409, 'urn:owntill:problem:already-paid'])
  expect((await orderOf(house, shop, checkout.order_id)).status).toBe('paid')
})

test('while a bank works on a payment, the order is not cancelled', async () => {
  const { order_id } = await openCheckout(house, shop)
  await house.deps.db.updateTable('orders').set({ status: 'processing' }).where('id', '=', order_id).execute()
  expect((await cancel(order_id)).body.type).toBe('urn:owntill:problem:payment-under-way')
})

test('Stripe does not answer: 503, nothing is changed, and the next try works', async () => {
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  await fault(house, shop, 'POST /v1/payment_intents/*/cancel', '503', { times: 3 })
  expect((await cancel(checkout.order_id)).status).toBe(503)
  expect((await orderOf(house, shop, checkout.order_id)).status).toBe('pending')
  expect((await cancel(checkout.order_id)).body.status).toBe('cancelled')
})

test('pay and cancel at the same moment: paid and told so, or cancelled and not payable', async () => {
  for (let round = 0; round < 12; round += 1) {
    const checkout = await openCheckout(house, shop)
    const [paying, cancelling] = await Promise.all([
      pay(house, checkout.token).then(async ({ status, body }) =>
        status === 200 ? (await confirm(house, shop, body.client_secret)).status : status,
      ),
      new Promise(resolve => setTimeout(resolve, round * 4)).then(() => cancel(checkout.order_id)),
    ])
    const order = await until(
      () => orderOf(house, shop, checkout.order_id),
      ({ status }) => status === 'paid' || status === 'cancelled',
    )
    expect([order.status, paying === 200, cancelling.status]).toEqual(
      paying === 200 ? ['paid', true, 409] : ['cancelled', false, 200],
    )
  }
})

test("another partner's order, another store's and no order at all are not found", async () => {
  const other = await openShop(house)
  const { order_id } = await openCheckout(house, other)
  for (const id of [order_id, 'x', '0199d3a0-0000-7000-8000-00000000ffff']) {
    expect((await cancel(id)).status).toBe(404)
  }
  expect((await orderOf(house, other, order_id)).status).toBe('pending')
})
