import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { connect, newKeys, newStore, orderOf, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'
import { goToStripe, openForStripe, pageAtStripe } from '../harness/stripe-page.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

describe('an event of a page', () => {
  let signer: Shop
  beforeAll(async () => {
    const keys = newKeys('NoWebhooks', 'test', 'rk')
    const { id } = await newStore(house)
    await connect(house, id, { ...keys, webhook_secret: SIGNING_SECRET })
    signer = { id, keys }
  })

  /** The page of a new order, and the event that it was paid; `changes` tell another story. */
  async function paidPage(changes: object = {}) {
    const checkout = await openForStripe(house, signer)
    const { url } = await goToStripe(house, checkout.token)
    const page = await pageAtStripe(house, signer, url)
    const object = {
      ...page,
      status: 'complete',
      payment_status: 'paid',
      payment_intent: `pi_${page.id}`,
      ...changes,
    }
    return { ...checkout, event: intentEvent('checkout.session.completed', object), intent: `pi_${page.id}` }
  }

  test('pays the order, and its PaymentIntent is ours from then on, whichever event comes first', async () => {
    for (const early of [true, false]) {
      const { event, intent, order_id } = await paidPage()
      const paid = intentEvent(
        'payment_intent.succeeded',
        paidIntent(intent, 4890, {
          metadata: (event.data.object as { metadata: object }).metadata,
        }),
      )
      if (early) expect((await deliver(house, paid)).body.status).toBe('ignored')
      expect((await deliver(house, event)).body.status).toBe('processed')
      expect((await deliver(house, event)).body.status).toBe('already_processed')
      if (!early) expect((await deliver(house, paid)).body.status).toBe('processed')
      const order = await orderOf(house, signer, order_id)
      expect([order.status, order.payment_intent, order.timeline.length]).toEqual(['paid', intent, 1])
    }
  })

  test.each([
    ['amount', { amount_total: 4889 }],
    ['currency', { currency: 'usd' }],
  ])('with another %s is quarantined and pays nothing', async (_what, changes) => {
    const { event, order_id } = await paidPage(changes)
    expect((await deliver(house, event)).body.status).toBe('quarantined')
    expect((await orderOf(house, signer, order_id)).status).toBe('pending')
  })

  test("that names another order's PaymentIntent is quarantined, and neither order changes", async () => {
    const first = await paidPage()
    await deliver(house, first.event)
    const second = await paidPage({ payment_intent: first.intent })
    expect((await deliver(house, second.event)).body.status).toBe('quarantined')
    expect((await orderOf(house, signer, second.order_id)).status).toBe('pending')
    expect((await orderOf(house, signer, first.order_id)).timeline).toHaveLength(1)
  })

  test('a PaymentIntent that only says it is of our attempt pays nothing', async () => {
    const { order_id, event } = await paidPage()
    const { metadata } = event.data.object as { metadata: object }
    const paid = intentEvent('payment_intent.succeeded', paidIntent('pi_3Elsewhere', 4890, { metadata }))
    expect((await deliver(house, paid)).body.status).toBe('ignored')
    expect((await orderOf(house, signer, order_id)).status).toBe('pending')
  })
})
