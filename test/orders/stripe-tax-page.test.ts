import { afterAll, beforeAll, expect, test } from 'vitest'
import { settlePage } from '../../src/orders/page-settle.ts'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import { put } from '../harness/pricing.ts'
import { askRefund } from '../harness/refunds.ts'
import { loseWebhooks } from '../harness/sandbox-control.ts'
import { openCheckout, orderOf, type Shop, until } from '../harness/shop.ts'
import { goToStripe, pageAtStripe, payAtStripe } from '../harness/stripe-page.ts'
import { BERLIN, openTaxedShop } from '../harness/stripe-tax.ts'

let house: House
let shop: Shop
let contained: Shop
beforeAll(async () => {
  house = await openHouse()
  shop = await openTaxedShop(house)
  contained = await openTaxedShop(house, { inclusive: true })
  await put(house, shop.id, 'shipping-rates/post', { name: 'Post', amount: '5.00' })
  await put(house, shop.id, 'discounts/TEN', { percentage: '10' })
})
afterAll(() => house.close())

const open = (of = shop, more: object = {}) => openCheckout(house, of, { ui: 'stripe', ...more })

test('the tax that Stripe adds on its page is the order’s, to the cent, and can be refunded with it', async () => {
  const checkout = await open(shop, { shipping: { country: 'DE' }, discount_code: 'TEN' })
  const { url } = await goToStripe(house, checkout.token)
  const before = await pageAtStripe(house, shop, url)
  expect([before.automatic_tax.enabled, before.amount_total]).toEqual([true, 4401 + 500])
  expect(before.line_items.data[0].price.tax_behavior).toBe('exclusive')
  expect((await orderOf(house, shop, checkout.order_id)).amount).toBe(4901)

  expect(await payAtStripe(house, shop, url, 'pm_card_visa', 'ada@example.com', BERLIN)).toBe(200)
  const order = await untilPaid(house, shop, checkout.order_id)
  const page = await pageAtStripe(house, shop, url)
  const { amount_tax, amount_discount, amount_shipping } = page.total_details
  expect(amount_tax).toBeGreaterThan(900)
  expect([order.amount, order.totals.total]).toEqual([page.amount_total, page.amount_total])
  expect(order.totals).toEqual({
    subtotal: 4890,
    discount: amount_discount,
    shipping: amount_shipping,
    tax: amount_tax,
    tax_included: 0,
    total: 4901 + amount_tax,
  })
  const refund = await askRefund(house, shop, order.id, {})
  expect([refund.status, refund.body.amount]).toEqual([201, page.amount_total])
  const receipt = await fetch(`${house.url}/checkout/${checkout.token}`).then(answer => answer.text())
  expect(receipt).not.toContain('Known once you enter your address')
})

test('prices that contain the tax stay what they are', async () => {
  const checkout = await open(contained)
  const { url } = await goToStripe(house, checkout.token)
  await payAtStripe(house, contained, url, 'pm_card_visa', 'ada@example.com', BERLIN)
  const order = await untilPaid(house, contained, checkout.order_id)
  expect([order.amount, order.totals.tax, order.totals.tax_included]).toEqual([4890, 0, 781])
})

test('without any webhook: found out by asking, with its tax', async () => {
  const deaf = await openTaxedShop(house)
  await loseWebhooks(house, deaf)
  const checkout = await open(deaf)
  const { url } = await goToStripe(house, checkout.token)
  await payAtStripe(house, deaf, url, 'pm_card_visa', 'ada@example.com', BERLIN)
  await fetch(`${house.url}/checkout/${checkout.token}/return`, { redirect: 'manual' })
  const order = await untilPaid(house, deaf, checkout.order_id)
  expect([order.amount, order.totals.tax]).toEqual([5819, 929])
})

test('a declined card with the tax, then another: paid once, with the tax', async () => {
  const checkout = await open()
  const { url } = await goToStripe(house, checkout.token)
  await payAtStripe(house, shop, url, 'pm_card_visa_chargeDeclined', 'ada@example.com', BERLIN)
  await until(
    () => orderOf(house, shop, checkout.order_id),
    ({ status }) => status === 'failed',
  )
  await payAtStripe(house, shop, url, 'pm_card_visa', 'ada@example.com', BERLIN)
  expect((await untilPaid(house, shop, checkout.order_id)).amount).toBe(5819)
})

test('a bank that says no after all: the next page adds the tax once, and is believed', async () => {
  const checkout = await open()
  const first = await goToStripe(house, checkout.token)
  await payAtStripe(house, shop, first.url, 'DE62370400440532013001', 'ada@example.com', BERLIN)
  await until(
    () => orderOf(house, shop, checkout.order_id),
    ({ status }) => status === 'failed',
  )
  const second = await goToStripe(house, checkout.token)
  expect(second.url).not.toBe(first.url)
  expect((await pageAtStripe(house, shop, second.url)).amount_total).toBe(4890)
  await payAtStripe(house, shop, second.url, 'pm_card_visa', 'ada@example.com', BERLIN)
  const order = await untilPaid(house, shop, checkout.order_id)
  expect([order.amount, order.totals.tax]).toEqual([5819, 929])
})

test('any other amount than ours with Stripe’s tax contradicts, and changes nothing', async () => {
  const checkout = await open()
  await goToStripe(house, checkout.token)
  const { stripe_session } = await house.deps.db
    .selectFrom('payments')
    .select('stripe_session')
    .where('order_id', '=', checkout.order_id)
    .executeTakeFirstOrThrow()
  const says = (amount: number, tax: number) =>
    settlePage(
      house.deps.db,
      { store_id: shop.id, mode: 'test' },
      {
        stripe_session,
        payment_id: null,
        payment_intent: 'pi_3Somebody',
        found: 'succeeded',
        amount,
        currency: 'eur',
        charge: null,
        parts: undefined,
        failure: null,
        completed: true,
        tax,
        email: null,
      },
      'webhook',
      new Date(),
    )
  for (const [amount, tax] of [
    [5819, 0],
    [5819, 928],
    [4890, 929],
    [4880, -10],
    [1, 0],
  ] as const) {
    expect(await says(amount, tax), `${amount} with ${tax}`).toMatchObject({ contradiction: 'amount' })
  }
  expect((await orderOf(house, shop, checkout.order_id)).status).toBe('pending')
  expect(await says(5819, 929)).toMatchObject({ contradiction: null, after: 'paid' })
  expect(await says(5820, 930)).toMatchObject({ contradiction: 'amount' })
})
