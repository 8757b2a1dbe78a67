import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweep } from '../../src/orders/sweep.ts'
import { callStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { fault } from '../harness/sandbox-control.ts'
import { internal, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import {
  goToStripe,
  openForStripe,
  pageAtStripe,
  pagesAtStripe,
  payAtStripe,
} from '../harness/stripe-page.ts'
import { endSession, makeDue, openDeafShop } from '../harness/sweeping.ts'

let house: House
let shop: Shop
let deaf: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  deaf = await openDeafShop(house)
})
afterAll(() => house.close())

const open = (of = shop, more: object = {}) => openForStripe(house, of, more)

const settled = (of: Shop, orderId: string, wanted: string) =>
  until(
    () => orderOf(house, of, orderId),
    ({ status }) => status === wanted,
  )

const visit = (token: string, path = '') =>
  fetch(`${house.url}/checkout/${token}${path}`, { redirect: 'manual' })

test("the page at Stripe is our order's: amount, lines, names, times and ways back", async () => {
  const checkout = await open(shop, {
    reference: 'booking-7',
    locale: 'pt-PT',
    customer_email: 'ann@example.com',
  })
  const { status, url } = await goToStripe(house, checkout.token)
  expect([status, url]).toEqual([303, expect.stringContaining('/console/checkout/cs_test_')])
  const page = await pageAtStripe(house, shop, url)
  const metadata = {
    store_id: shop.id,
    order_id: checkout.order_id,
    session_id: checkout.id,
    confirmation_code: checkout.confirmation_code,
    reference: 'booking-7',
    payment_id: expect.any(String),
  }
  expect(page).toMatchObject({
    mode: 'payment',
    amount_total: 4890,
    currency: 'eur',
    client_reference_id: checkout.order_id,
    metadata,
    customer_email: 'ann@example.com',
    locale: 'pt',
    success_url: `${house.url}/checkout/${checkout.token}/return`,
    cancel_url: 'https://shop.example/cart',
  })
  expect(page.line_items.data).toMatchObject([
    { description: 'The mug', quantity: 2, amount_total: 3600 },
    { description: 'The beans', quantity: 1, amount_total: 1290 },
  ])
  const ends = Math.floor(
    new Date((checkout as unknown as { expires_at: string }).expires_at).getTime() / 1000,
  )
  expect(page.expires_at).toBe(ends)

  await payAtStripe(house, shop, url)
  await settled(shop, checkout.order_id, 'paid')
  const { payment_intent } = await pageAtStripe(house, shop, url)
  expect(payment_intent).toMatchObject({ amount_received: 4890, metadata })
  expect((await orderOf(house, shop, checkout.order_id)).payment_intent).toBe(payment_intent.id)
})

test('fifty visits at once open one page, and its address is the one they all are sent to', async () => {
  const buyer = await openShop(house)
  const { token } = await open(buyer)
  const visits = await Promise.all(Array.from({ length: 50 }, () => goToStripe(house, token)))
  expect(new Set(visits.map(({ status }) => status))).toEqual(new Set([303]))
  expect(new Set(visits.map(({ url }) => url)).size).toBe(1)
  expect(await pagesAtStripe(house, buyer)).toHaveLength(1)
})

test('stopped between making the page and keeping it: the next visit gets that page, and no second one', async () => {
  const buyer = await openShop(house)
  const checkout = await open(buyer)
  const first = await goToStripe(house, checkout.token)
  await house.deps.db
    .updateTable('payments')
    .set({ stripe_session: null, client_secret_box: null })
    .where('store_id', '=', buyer.id)
    .execute()
  expect(await goToStripe(house, checkout.token)).toEqual(first)
  expect(await pagesAtStripe(house, buyer)).toHaveLength(1)
})

test.each(['500', '429', 'reset', 'lost_answer', 'half_body'])(
  'Stripe fails while the page is made (%s): there is one page to pay on in the end',
  async kind => {
    const buyer = await openShop(house)
    const checkout = await open(buyer)
    await fault(house, buyer, 'POST /v1/checkout/sessions', kind, { times: 4 })
    let answer = await goToStripe(house, checkout.token)
    for (let visits = 0; answer.status === 503 && visits < 6; visits += 1) {
      answer = await goToStripe(house, checkout.token)
    }
    expect(answer.status).toBe(303)
    await payAtStripe(house, buyer, answer.url)
    await settled(buyer, checkout.order_id, 'paid')
    const paid = (await pagesAtStripe(house, buyer)).filter(
      (page: { payment_status: string }) => page.payment_status === 'paid',
    )
    expect(paid).toHaveLength(1)
  },
  30_000,
)

test('a try that was cut short too long ago is given up: the page stays open for half an hour from now', async () => {
  const buyer = await openShop(house)
  const checkout = await open(buyer)
  await fault(house, buyer, 'POST /v1/checkout/sessions', '429', { times: 1 })
  expect((await goToStripe(house, checkout.token)).status).toBe(503)
  await house.deps.db
    .updateTable('payments')
    .set({ page_ends_at: sql<Date>`now() + interval '20 minutes'` })
    .where('store_id', '=', buyer.id)
    .execute()
  await house.deps.db
    .updateTable('checkout_sessions')
    .set({ expires_at: sql<Date>`now() + interval '20 minutes'` })
    .where('store_id', '=', buyer.id)
    .execute()
  const { status, url } = await goToStripe(house, checkout.token)
  expect(status).toBe(303)
  const { expires_at } = await pageAtStripe(house, buyer, url)
  const session = await house.deps.db
    .selectFrom('checkout_sessions')
    .select('expires_at')
    .where('store_id', '=', buyer.id)
    .executeTakeFirstOrThrow()
  expect(session.expires_at.getTime()).toBe(expires_at * 1_000)
})

test('declined, then another card: failed, then paid, and the receipt goes to the address given there', async () => {
  const checkout = await open()
  const { url } = await goToStripe(house, checkout.token)
  expect(await payAtStripe(house, shop, url, 'pm_card_chargeDeclined')).toBe(402)
  await settled(shop, checkout.order_id, 'failed')
  expect((await goToStripe(house, checkout.token)).url).toBe(url)
  await payAtStripe(house, shop, url, 'pm_card_visa', 'ben@example.com')
  const order = await settled(shop, checkout.order_id, 'paid')
  expect(order.customer_email).toBe('ben@example.com')
  const page = await (await visit(checkout.token)).text()
  expect(page).toContain(checkout.confirmation_code)
})

describe('without any webhook', () => {
  test.each([
    ['pm_card_visa', 'paid'],
    ['pm_card_chargeDeclined', 'failed'],
    [undefined, 'pending'],
  ])('a page with %s is found out by the sweeper: %s', async (card, status) => {
    const checkout = await open(deaf)
    const { url } = await goToStripe(house, checkout.token)
    if (card) await payAtStripe(house, deaf, url, card)
    await makeDue(house, deaf)
    await sweep(house.deps)
    const order = await orderOf(house, deaf, checkout.order_id)
    expect([order.status, order.amount]).toEqual([status, 4890])
    if (status === 'paid') expect(order.customer_email).toBe('ada@example.com')
  })

  test('the shopper who comes back sees the receipt', async () => {
    const checkout = await open(deaf)
    const { url } = await goToStripe(house, checkout.token)
    await payAtStripe(house, deaf, url)
    const back = await visit(checkout.token, '/return')
    expect([back.status, back.headers.get('location')]).toEqual([303, `/checkout/${checkout.token}`])
    expect(await (await visit(checkout.token)).text()).toContain(checkout.confirmation_code)
  })

  test('a session that is over expires at Stripe too, and one that was paid meanwhile is paid', async () => {
    const [left, taken] = [await open(deaf), await open(deaf)]
    const { url } = await goToStripe(house, left.token)
    const paid = await goToStripe(house, taken.token)
    await payAtStripe(house, deaf, paid.url)
    await endSession(house, left.order_id)
    await endSession(house, taken.order_id)
    await makeDue(house, deaf)
    await sweep(house.deps)
    expect((await orderOf(house, deaf, left.order_id)).status).toBe('expired')
    expect((await orderOf(house, deaf, taken.order_id)).status).toBe('paid')
    expect((await pageAtStripe(house, deaf, url)).status).toBe('expired')
    expect(await payAtStripe(house, deaf, url)).toBe(409)
    expect((await goToStripe(house, left.token)).status).toBe(200)
  })
})

describe('a slow payment', () => {
  test('is processing, then paid', async () => {
    const checkout = await open()
    const { url } = await goToStripe(house, checkout.token)
    await payAtStripe(house, shop, url, 'DE89370400440532013000')
    const order = await settled(shop, checkout.order_id, 'paid')
    expect(order.timeline.map(({ status }: { status: string }) => status)).toEqual(['processing', 'paid'])
  })

  test('failed in the end: the shopper gets another page, and pays on that', async () => {
    const checkout = await open()
    const first = await goToStripe(house, checkout.token)
    await payAtStripe(house, shop, first.url, 'DE62370400440532013001')
    await settled(shop, checkout.order_id, 'failed')
    const second = await goToStripe(house, checkout.token)
    expect([second.status, second.url === first.url]).toEqual([303, false])
    await payAtStripe(house, shop, second.url)
    await settled(shop, checkout.order_id, 'paid')
  })
})

test('an order that is cancelled cannot be paid at Stripe any more; one that was paid is not cancelled', async () => {
  const checkout = await open()
  const { url } = await goToStripe(house, checkout.token)
  const cancel = (orderId: string) => internal(house, 'POST', `/stores/${shop.id}/orders/${orderId}/cancel`)
  expect((await cancel(checkout.order_id)).body.status).toBe('cancelled')
  expect((await pageAtStripe(house, shop, url)).status).toBe('expired')
  expect((await goToStripe(house, checkout.token)).status).toBe(200)

  const paid = await open()
  const page = await goToStripe(house, paid.token)
  await payAtStripe(house, shop, page.url)
  expect((await cancel(paid.order_id)).status).toBe(409)
  expect((await orderOf(house, shop, paid.order_id)).status).toBe('paid')
})

test('a page that the merchant ended at Stripe is replaced by another one', async () => {
  const checkout = await open()
  const { url } = await goToStripe(house, checkout.token)
  const { status } = await callStripe(
    house,
    shop,
    'POST',
    `checkout/sessions/${url.split('/').at(-1)}/expire`,
  )
  expect(status).toBe(200)
  const next = await until(
    () => goToStripe(house, checkout.token),
    ({ url: another }) => another !== url,
  )
  await payAtStripe(house, shop, next.url)
  await settled(shop, checkout.order_id, 'paid')
})

test('is refunded like any other', async () => {
  const checkout = await open()
  const { url } = await goToStripe(house, checkout.token)
  await payAtStripe(house, shop, url)
  await settled(shop, checkout.order_id, 'paid')
  const path = `/stores/${shop.id}/orders/${checkout.order_id}/refunds`
  expect((await internal(house, 'POST', path, { amount: 890 })).status).toBe(201)
  await settled(shop, checkout.order_id, 'partially_refunded')
})

test('our own form takes nothing for it: pay answers 404 and makes no PaymentIntent', async () => {
  const { token } = await open()
  expect((await pay(house, token)).status).toBe(404)
})
