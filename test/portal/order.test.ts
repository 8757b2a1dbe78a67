import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder, untilPaid } from '../harness/paid-order.ts'
import { reprice } from '../harness/pricing.ts'
import { listen, openReceiver, type Receiver, tellNow } from '../harness/receiver.ts'
import { askRefund } from '../harness/refunds.ts'
import { control } from '../harness/sandbox-control.ts'
import { confirm, newKeys, openCheckout, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import { declinedIntent, deliver, intentEvent, intentOf, SIGNING_SECRET } from '../harness/stripe-event.ts'
import { type Browser, lettersTo, signedIn } from '../owners/browser.ts'
import { read } from './reading.ts'

let house: House
let shop: Shop
let owner: Browser
let receiver: Receiver

beforeAll(async () => {
  house = await openHouse()
  receiver = await openReceiver()
  shop = await openShop(house)
  await listen(house, shop, receiver.url)
  owner = await signedIn(house)
})
afterAll(async () => {
  await house.close()
  await receiver.close()
})

const pageOf = ({ order_id }: { order_id: string }) => `/portal/${shop.id}/orders/${order_id}`
const tell = async () => {
  await tellNow(house)
  await house.deps.mail.deliver()
}

describe('the timeline', () => {
  test('tells everything that happened, who did it or said so, and why', async () => {
    const customer_email = 'trail@example.com'
    const order = await paidOrder(house, shop, { customer_email })
    await tell()
    await askRefund(house, shop, order.order_id, { amount: 1000 })
    const { id } = await control(house, 'POST', `payments/${order.intent}/dispute`, {
      reason: 'product_not_received',
    })
    await until(
      () => orderOf(house, shop, order.order_id),
      ({ disputes }) => disputes[0]?.funds === 'withdrawn',
    )
    await tell()
    const { text } = await owner.get(pageOf(order))
    const said = read(text)
    for (const part of [
      'Checkout opened',
      'Paid',
      'reported by Stripe (webhook) evt_',
      'Receipt mailed',
      'Told the platform: order.paid',
      'endpoint hooks, delivered after one attempt, last answer 200',
      'Asked for a refund of €10.00',
      'by the platform Test partner',
      'A refund of €10.00 was made',
      'Notice of a refund mailed',
      'Dispute: needs response',
      'Letter about the dispute mailed',
      'Told the platform: order.disputed',
      'Disputed: €38.90, needs response',
      'The shopper’s bank says: product not received.',
      'taken from your Stripe balance',
    ]) {
      expect(said).toContain(part)
    }
    expect(said).toMatch(/Answer until \d+ \w+ 20\d\d/)
    expect(text).toContain(`href="https://dashboard.stripe.com/test/disputes/${id}"`)
    expect(text).toContain(`href="https://dashboard.stripe.com/test/payments/${order.intent}"`)
    expect(said.indexOf('Checkout opened')).toBeLessThan(said.indexOf('Receipt mailed'))
    expect(said.indexOf('Receipt mailed')).toBeLessThan(said.indexOf('Asked for a refund'))
  })

  test('a declined card is told with Stripe’s reason, and live orders lead to the live dashboard', async () => {
    const keys = { ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: SIGNING_SECRET }
    const other = await openShop(house, keys)
    const { order_id, token } = await openCheckout(house, other)
    await pay(house, token)
    const intent = await intentOf(house, other, order_id)
    await deliver(house, intentEvent('payment_intent.payment_failed', declinedIntent(intent, 4890)))
    const page = `/portal/${other.id}/orders/${order_id}`
    expect(read((await owner.get(page)).text)).toContain('Failed: insufficient funds')
    await house.deps.db.updateTable('orders').set({ mode: 'live' }).where('id', '=', order_id).execute()
    expect((await owner.get(page)).text).toContain(`href="https://dashboard.stripe.com/payments/${intent}"`)
  })

  test('a refund that was made in the dashboard of Stripe stands there too', async () => {
    const order = await paidOrder(house, shop)
    await control(house, 'POST', `payments/${order.intent}/refund`, { amount: 4000 })
    await until(
      () => orderOf(house, shop, order.order_id),
      ({ status }) => status === 'partially_refunded',
    )
    const said = read((await owner.get(pageOf(order))).text)
    expect(said).toContain('A refund of €40.00 was made')
    expect(said).not.toContain('Asked for a refund')
  })
})

describe('the receipt', () => {
  test('is sent again when the owner asks, three times an hour at most, and it is written down who asked', async () => {
    const to = 'again@example.com'
    const order = await paidOrder(house, shop, { customer_email: to })
    await tell()
    const asked = await Promise.all([1, 2, 3, 4].map(() => owner.post(`${pageOf(order)}/receipt`)))
    expect(asked.map(({ location }) => location?.split('=')[1]).sort()).toEqual([
      'receipt',
      'receipt',
      'receipt_enough',
      'receipt_enough',
    ])
    await until(
      async () => lettersTo(house, to),
      ({ length }) => length === 3,
    )
    expect(new Set(lettersTo(house, to).map(({ subject }) => subject)).size).toBe(1)
    expect(read((await owner.get(`/portal/${shop.id}/activity`)).text)).toContain('Sent a receipt once more')
    await house.deps.db.updateTable('mails').set({ created_at: sql`now() - interval '61 minutes'` }).execute()
    expect((await owner.post(`${pageOf(order)}/receipt`)).location).toContain('done=receipt')
  })

  test('of an order without an address, or that nobody paid, is not', async () => {
    const nobody = await paidOrder(house, shop)
    const unpaid = await openCheckout(house, shop, { customer_email: 'unpaid@example.com' })
    for (const order of [nobody, unpaid]) {
      expect((await owner.post(`${pageOf(order)}/receipt`)).location).toContain('done=receipt_none')
    }
  })
})

test('the page of an order is kept up to date: 304 until something happens', async () => {
  const order = await paidOrder(house, shop)
  const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const look = (etag: string) =>
    fetch(`${house.url}${pageOf(order)}/live`, { headers: { cookie, 'if-none-match': etag } })
  await tell()
  const etag = (await look('')).headers.get('etag')!
  expect((await look(etag)).status).toBe(304)
  await control(house, 'POST', `payments/${order.intent}/refund`, {})
  await until(
    () => orderOf(house, shop, order.order_id),
    ({ status }) => status === 'refunded',
  )
  const news = await look(etag)
  expect([news.status, (await news.text()).includes('Refunded')]).toEqual([200, true])
})

test('where it goes is on its page, and a warning when that is not the place it was priced for', async () => {
  const { token, order_id } = await openCheckout(house, shop, { shipping_countries: ['DE', 'FR'] })
  await reprice(house, token, 'shipping', { country: 'DE', postal_code: '10115' })
  const { body } = await pay(house, token)
  const elsewhere = {
    'shipping[name]': 'Ada',
    'shipping[address][line1]': 'Rue de Rivoli 1',
    'shipping[address][city]': 'Paris',
    'shipping[address][postal_code]': '75001',
    'shipping[address][country]': 'FR',
  }
  await confirm(house, shop, body.client_secret, 'pm_card_visa', elsewhere)
  await untilPaid(house, shop, order_id)
  const page = read((await owner.get(pageOf({ order_id }))).text)
  expect(page).toContain('Ship to Ada Rue de Rivoli 1 75001 Paris FR')
  expect(page).toContain('worked out for 10115 DE , and the shopper gave Stripe another address')
})
