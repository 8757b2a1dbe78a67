import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shareOrder, shareOrders } from '../../src/marketplace/sharing.ts'
import { atStripe, callStripe, listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connectedVendor, linesOf, moveAccount, newVendor, shared } from '../harness/market.ts'
import { paidOrder, untilPaid } from '../harness/paid-order.ts'
import { fault, noFaults } from '../harness/sandbox-control.ts'
import { confirm, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'
import { goToStripe, payAtStripe } from '../harness/stripe-page.ts'

let house: House
let shop: Shop
let boats: string
let crafts: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  boats = await connectedVendor(house, shop, 'boats')
  crafts = await connectedVendor(house, shop, 'crafts', { commission_bps: 2_500 })
  await newVendor(house, shop, 'unknown')
})
afterAll(() => house.close())

const transfersOf = async (orderId: string) =>
  await listAtStripe(house, shop, `transfers?transfer_group=order_${orderId}`)

describe('one connected vendor', () => {
  test('is paid with the payment itself, less what the store keeps', async () => {
    const order = await paidOrder(house, shop, linesOf([['boats', 10_000]]))
    expect(await atStripe(house, shop, `payment_intents/${order.intent}`)).toMatchObject({
      amount: 10_000,
      application_fee_amount: 1_000,
      transfer_data: { destination: boats },
      transfer_group: `order_${order.order_id}`,
      on_behalf_of: null,
      metadata: { vendor_ids: 'boats', vendor_amount: '9000', platform_amount: '1000' },
    })
    const { split } = await shared(house, shop, order.order_id)
    const [transfer] = await transfersOf(order.order_id)
    expect(transfer).toMatchObject({ amount: 10_000, destination: boats })
    expect(split).toMatchObject({
      platform: 1_000,
      manual_payout: false,
      vendors: [{ vendor_id: 'boats', amount: 9_000, payout: 'by_stripe', transfer: transfer.id }],
    })
  })

  test('leaves the store its own lines too', async () => {
    const lines = linesOf([
      ['boats', 10_000],
      [null, 2_500],
    ])
    const { intent } = await paidOrder(house, shop, lines)
    expect(await atStripe(house, shop, `payment_intents/${intent}`)).toMatchObject({
      amount: 12_500,
      application_fee_amount: 3_500,
    })
  })

  test('and fifty clicks are one payment', async () => {
    const { token } = await openCheckout(house, shop, linesOf([['boats', 5_000]]))
    const answers = await Promise.all(Array.from({ length: 50 }, () => pay(house, token)))
    expect(new Set(answers.map(({ body }) => body.client_secret)).size).toBe(1)
  })
})

describe('several vendors', () => {
  const LINES = linesOf([
    ['boats', 10_000],
    ['crafts', 4_000],
    [null, 1_000],
  ])

  test('get a transfer each, of one group, out of that charge', async () => {
    const order = await paidOrder(house, shop, LINES)
    expect(await transfersOf(order.order_id)).toEqual([])
    const { split } = await shared(house, shop, order.order_id)
    const transfers = await transfersOf(order.order_id)
    expect(
      transfers
        .map(({ amount, destination }: { amount: number; destination: string }) => [amount, destination])
        .sort(),
    ).toEqual(
      [
        [9_000, boats],
        [3_000, crafts],
      ].sort(),
    )
    const { latest_charge } = await atStripe(house, shop, `payment_intents/${order.intent}`)
    expect(transfers[0].source_transaction).toBe(latest_charge)
    expect(split).toMatchObject({
      platform: 3_000,
      vendors: [{ payout: 'by_stripe' }, { payout: 'by_stripe' }],
    })
  })

  test('get it once, however many bring the shares up to date at once', async () => {
    const { order_id } = await paidOrder(house, shop, LINES)
    const place = { store_id: shop.id, id: order_id }
    await Promise.all(Array.from({ length: 8 }, () => shareOrder(house.deps, place)))
    await shareOrders(house.deps)
    expect(await transfersOf(order_id)).toHaveLength(2)
  })

  test('get it once though Stripe’s answer was lost, even a day later', async () => {
    const { order_id } = await paidOrder(house, shop, LINES)
    const place = { store_id: shop.id, id: order_id }
    await fault(house, shop, 'POST /v1/transfers', 'lost_answer')
    await fault(house, shop, 'POST /v1/transfers', 'reset', { times: 9 })
    await shareOrder(house.deps, place)
    expect(await transfersOf(order_id)).toHaveLength(1)
    expect((await orderOf(house, shop, order_id)).split.vendors[0].payout).toBe('pending')
    await noFaults(house, shop)
    await shareOrder(house.deps, place)
    expect(await transfersOf(order_id)).toHaveLength(2)
    // Stripe keeps a failure of its own for a day, too: nothing is made twice for it.
    expect((await orderOf(house, shop, order_id)).split.vendors[0].payout).toBe('by_stripe')
  })
})

describe('a vendor that Stripe cannot pay', () => {
  test('does not hold up the shopper: the order is marked to be paid by hand', async () => {
    const order = await paidOrder(house, shop, linesOf([['unknown', 10_000]]))
    const intent = await atStripe(house, shop, `payment_intents/${order.intent}`)
    expect(intent.transfer_data).toBeNull()
    expect(intent.metadata).toMatchObject({
      payout: 'manual_payout',
      vendor_amount: '9000',
      platform_amount: '1000',
      manual_payout_amount: '9000',
    })
    expect((await shared(house, shop, order.order_id)).split).toMatchObject({
      manual_payout: true,
      vendors: [{ payout: 'manual_payout', transfer: null }],
    })
  })

  test('though we think so: the payment is asked for again, without it', async () => {
    const gone = await connectedVendor(house, shop, 'gone')
    const { token, order_id } = await openCheckout(house, shop, linesOf([['gone', 10_000]]))
    await callStripe(house, shop, 'DELETE', `accounts/${gone}`)
    const { status, body } = await pay(house, token)
    expect(status).toBe(200)
    await confirm(house, shop, body.client_secret)
    await house.app.inject({ url: `/checkout/${token}/return` })
    expect(await shared(house, shop, order_id)).toMatchObject({
      status: 'paid',
      split: { manual_payout: true },
    })
  })

  test('any more when the transfer is due: that is paid by hand, the others by Stripe', async () => {
    const fallen = await connectedVendor(house, shop, 'fallen')
    const lines = linesOf([
      ['fallen', 6_000],
      ['crafts', 4_000],
    ])
    const { order_id } = await paidOrder(house, shop, lines)
    await moveAccount(house, fallen, 'restricted')
    const { vendors } = (await shared(house, shop, order_id)).split
    const payouts = vendors.map(({ vendor_id, payout }: Record<string, string>) => [vendor_id, payout])
    expect(Object.fromEntries(payouts)).toEqual({ fallen: 'manual_payout', crafts: 'by_stripe' })
  })
})

describe('on Stripe’s own page', () => {
  async function paid(prices: [string | null, number][]) {
    const { token, order_id } = await openCheckout(house, shop, { ...linesOf(prices), ui: 'stripe' })
    const { url } = await goToStripe(house, token)
    await payAtStripe(house, shop, url)
    await untilPaid(house, shop, order_id)
    return shared(house, shop, order_id)
  }

  test('one vendor is paid with the payment, as on ours', async () => {
    const order = await paid([['boats', 10_000]])
    expect(await atStripe(house, shop, `payment_intents/${order.payment_intent}`)).toMatchObject({
      application_fee_amount: 1_000,
      transfer_data: { destination: boats },
      metadata: { vendor_ids: 'boats', vendor_amount: '9000' },
    })
    expect(order.split.vendors[0]).toMatchObject({ payout: 'by_stripe' })
  })

  test('several get a transfer each', async () => {
    const order = await paid([
      ['boats', 3_000],
      ['crafts', 4_000],
    ])
    expect(await transfersOf(order.id)).toHaveLength(2)
  })

  test('one that Stripe cannot pay is marked to be paid by hand, also if we think it can', async () => {
    expect((await paid([['unknown', 3_000]])).split).toMatchObject({ manual_payout: true })
    const gone = await connectedVendor(house, shop, 'gone-too')
    await callStripe(house, shop, 'DELETE', `accounts/${gone}`)
    expect((await paid([['gone-too', 3_000]])).split).toMatchObject({ manual_payout: true })
  })
})

test.each([
  ['another vendor', { transfer_data: { destination: 'acct_1Another' }, application_fee_amount: 1_000 }],
  ['another fee', { application_fee_amount: 1 }],
  ['no vendor', { transfer_data: null, application_fee_amount: null }],
])('a payment with %s is not believed', async (_what, parts) => {
  const handMade = await openShop(house, { ...shop.keys, webhook_secret: SIGNING_SECRET } as never)
  await connectedVendor(house, handMade, 'vendor')
  const { token, order_id } = await openCheckout(house, handMade, linesOf([['vendor', 10_000]]))
  await pay(house, token)
  const intent = await intentOf(house, handMade, order_id)
  const account = (await atStripe(house, shop, `payment_intents/${intent}`)).transfer_data.destination
  const good = { transfer_data: { destination: account }, application_fee_amount: 1_000 }
  const event = (more: object) =>
    intentEvent('payment_intent.succeeded', paidIntent(intent, 10_000, { ...good, ...more }))
  expect((await deliver(house, event(parts))).body.status).toBe('quarantined')
  expect((await orderOf(house, handMade, order_id)).status).toBe('pending')
  expect((await deliver(house, event({}))).body.status).toBe('processed')
})
