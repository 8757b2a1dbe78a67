import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { listen, openReceiver, type Receiver, tellNow } from '../harness/receiver.ts'
import { askRefund } from '../harness/refunds.ts'
import { control } from '../harness/sandbox-control.ts'
import { newKeys, openCheckout, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import { declinedIntent, deliver, intentEvent, intentOf, SIGNING_SECRET } from '../harness/stripe-event.ts'
import { type Browser, signedIn } from '../owners/browser.ts'
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
