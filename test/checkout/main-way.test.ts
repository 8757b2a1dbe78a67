import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import { confirm, openCheckout, openShop, pay, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

test('a shopper pays, and the webhook alone makes the order paid', async () => {
  const checkout = await openCheckout(house, shop)
  const { body } = await pay(house, checkout.token, { email: 'ann@example.com' })
  await confirm(house, shop, body.client_secret)

  const order = await untilPaid(house, shop, checkout.order_id)
  expect(order).toMatchObject({ amount: 4890, currency: 'eur', customer_email: 'ann@example.com' })
  expect(
    order.timeline.map(({ status, source }: { status: string; source: string }) => [status, source]),
  ).toEqual([['paid', 'webhook']])
  const page = await fetch(checkout.url)
  expect(await page.text()).toContain(checkout.confirmation_code)
})
