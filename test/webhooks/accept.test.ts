import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { json, newKeys, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'
import {
  declinedIntent,
  deliver,
  intentEvent,
  intentOf,
  newEventId,
  paidIntent,
  SIGNING_SECRET,
} from '../harness/stripe-event.ts'

let house: House
let shop: Shop
let other: Shop

/** A key that may not register endpoints: the merchant pasted a secret, so the test can sign as Stripe. */
const handMade = (secret: string) => ({ ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: secret })

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, handMade(SIGNING_SECRET))
  other = await openShop(house, handMade('whsec_ofAnotherMerchantAltogether'))
})
afterAll(() => house.close())

async function payableOrder() {
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  return { order_id: checkout.order_id, intent: await intentOf(house, shop, checkout.order_id) }
}

const statusOf = async (orderId: string) => (await orderOf(house, shop, orderId)).status

test('twenty equal deliveries at once pay the order once, and all are answered 200', async () => {
  const { order_id, intent } = await payableOrder()
  const event = intentEvent(
    'payment_intent.succeeded',
    paidIntent(intent, 4890, { metadata: { store_id: shop.id } }),
  )
  const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(house, event)))

  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  const said = answers.map(({ body }) => body.status).sort()
  expect(said).toEqual([...Array(19).fill('already_processed'), 'processed'])
  const order = await orderOf(house, shop, order_id)
  expect(order.status).toBe('paid')
  expect(order.timeline).toHaveLength(1)
})

test('every order of arrival of declined, processing and succeeded ends paid, with one payment', async () => {
  const permutations = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]
  const created = Math.floor(Date.now() / 1_000)
  for (const permutation of permutations) {
    const { order_id, intent } = await payableOrder()
    const history = [
      intentEvent('payment_intent.payment_failed', declinedIntent(intent, 4890), { created }),
      intentEvent('payment_intent.processing', paidIntent(intent, 4890, { status: 'processing' }), {
        created,
      }),
      intentEvent('payment_intent.succeeded', paidIntent(intent, 4890), { created: created + 1 }),
    ]
    for (const index of permutation) expect((await deliver(house, history[index]!)).status).toBe(200)
    const { status, timeline } = await orderOf(house, shop, order_id)
    expect([permutation, status]).toEqual([permutation, 'paid'])
    expect(timeline.filter((entry: { status: string }) => entry.status === 'paid')).toHaveLength(1)
  }
})

test('a late decline changes nothing about a payment that has moved on', async () => {
  const { order_id, intent } = await payableOrder()
  const created = Math.floor(Date.now() / 1_000)
  await deliver(
    house,
    intentEvent('payment_intent.processing', paidIntent(intent, 4890, { status: 'processing' }), { created }),
  )
  await deliver(
    house,
    intentEvent('payment_intent.payment_failed', declinedIntent(intent, 4890), { created: created - 60 }),
  )
  expect(await statusOf(order_id)).toBe('processing')
})

test('the end of an earlier attempt, told late, does not touch the one that took its place', async () => {
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  const first = await intentOf(house, shop, checkout.order_id)
  const canceled = (created: number) =>
    intentEvent(
      'payment_intent.canceled',
      paidIntent(first, 4890, { status: 'canceled', amount_received: 0 }),
      {
        created,
      },
    )
  const now = Math.floor(Date.now() / 1_000)
  await deliver(house, canceled(now))
  await pay(house, checkout.token)
  const { payment_intent } = await house.deps.db
    .selectFrom('payments')
    .select('payment_intent')
    .where('store_id', '=', shop.id)
    .where('order_id', '=', checkout.order_id)
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow()
  expect(payment_intent).not.toBe(first)
  const processing = paidIntent(payment_intent!, 4890, { status: 'processing' })
  await deliver(house, intentEvent('payment_intent.processing', processing))
  await deliver(house, canceled(now + 5))
  expect(await statusOf(checkout.order_id)).toBe('processing')
})

test('a decline is an attempt: the next card pays the order', async () => {
  const { order_id, intent } = await payableOrder()
  await deliver(house, intentEvent('payment_intent.payment_failed', declinedIntent(intent, 4890)))
  expect(await statusOf(order_id)).toBe('failed')
  await deliver(house, intentEvent('payment_intent.succeeded', paidIntent(intent, 4890)))
  expect(await statusOf(order_id)).toBe('paid')
})

describe('what contradicts the order is quarantined and never pays', () => {
  test.each([
    ['amount', { amount: 1, amount_received: 1 }],
    ['amount', { amount_received: 4889 }],
    ['currency', { currency: 'usd' }],
  ])('%s %o', async (reason, changes) => {
    const { order_id, intent } = await payableOrder()
    const event = intentEvent('payment_intent.succeeded', paidIntent(intent, 4890, changes))
    expect((await deliver(house, event)).body).toEqual({ status: 'quarantined' })
    expect(await statusOf(order_id)).toBe('pending')
    const kept = await house.deps.db
      .selectFrom('events')
      .select(['outcome', 'reason'])
      .where('store_id', '=', shop.id)
      .where('id', '=', event.id)
      .executeTakeFirst()
    expect(kept).toEqual({ outcome: 'quarantined', reason })
  })
})

test("a store's valid event that names another store's order leaves that order alone", async () => {
  const { order_id, intent } = await payableOrder()
  const event = intentEvent(
    'payment_intent.succeeded',
    paidIntent(intent, 4890, { metadata: { store_id: other.id } }),
  )
  const answer = await deliver(house, event, { secret: 'whsec_ofAnotherMerchantAltogether' })
  expect(answer).toEqual({ status: 200, body: { status: 'ignored' } })
  expect(await statusOf(order_id)).toBe('pending')
  const owners = await house.deps.db
    .selectFrom('events')
    .select('store_id')
    .where('id', '=', event.id)
    .execute()
  expect(owners).toEqual([{ store_id: other.id }])
})

test('events of the other mode and of connected accounts are kept and touch no order', async () => {
  const { order_id, intent } = await payableOrder()
  for (const more of [{ livemode: true }, { account: 'acct_1Vendor' }]) {
    const event = intentEvent('payment_intent.succeeded', paidIntent(intent, 4890), more)
    expect((await deliver(house, event)).body).toEqual({ status: 'ignored' })
  }
  expect(await statusOf(order_id)).toBe('pending')
})

test('unknown types and unknown objects are kept in the inbox and the mirror', async () => {
  const event = intentEvent('novelty.invented', {
    id: 'nov_1',
    object: 'novelty',
    metadata: { store_id: shop.id },
  })
  expect((await deliver(house, event)).body).toEqual({ status: 'ignored' })
  const mirrored = await house.deps.db
    .selectFrom('stripe_objects')
    .select('type')
    .where('store_id', '=', shop.id)
    .where('id', '=', 'nov_1')
    .executeTakeFirst()
  expect(mirrored).toEqual({ type: 'novelty' })
})

test('an older version of an object never replaces a newer one in the mirror', async () => {
  const created = Math.floor(Date.now() / 1_000)
  const version = (name: string) => ({
    id: 'cus_1',
    object: 'customer',
    name,
    metadata: { store_id: shop.id },
  })
  await deliver(house, intentEvent('customer.updated', version('new'), { created }))
  await deliver(house, intentEvent('customer.created', version('old'), { created: created - 1 }))
  const { object } = await house.deps.db
    .selectFrom('stripe_objects')
    .select('object')
    .where('store_id', '=', shop.id)
    .where('id', '=', 'cus_1')
    .executeTakeFirstOrThrow()
  expect(object.name).toBe('new')
})

test('client secrets are neither kept in the inbox nor in the mirror', async () => {
  const { intent } = await payableOrder()
  await deliver(house, intentEvent('payment_intent.succeeded', paidIntent(intent, 4890)))
  const { rows } = await house.deps.db.engine.query<{ kept: string }>(
    `select payload::text as kept from events union all select object::text from stripe_objects`,
  )
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.filter(({ kept }) => kept.includes('secret_canary'))).toEqual([])
})

describe("the dashboard's test event", () => {
  test('proves the endpoint, every time it is sent', async () => {
    const fresh = await openShop(house, handMade('whsec_freshlyPastedByHand'))
    const event = intentEvent('payment_intent.succeeded', paidIntent('pi_00000000000000', 100), {
      id: 'evt_00000000000000',
    })
    for (let time = 0; time < 2; time++) {
      expect(await deliver(house, event, { secret: 'whsec_freshlyPastedByHand' })).toEqual({
        status: 200,
        body: { status: 'processed' },
      })
    }
    const status = await fetch(`${house.url}/api/internal/stores/${fresh.id}/stripe-status`, {
      headers: { 'x-internal-secret': house.secret },
    })
    expect((await json(status)).modes.test.webhook).toBe('proven')
  })
})

describe('what only looks like an event', () => {
  const signedJunk = ['null', '[]', '"evt"', '{}', '{"id":"evt_1"}', '{"object":"event"', '['.repeat(5_000)]

  test.each(signedJunk)('%.20s is refused though it is signed', async body => {
    expect((await deliver(house, body)).status).toBe(400)
  })

  test('halves of surrogate pairs and NUL do not break the inbox', async () => {
    const body = JSON.stringify(
      intentEvent('customer.created', { id: 'cus_2', object: 'customer', metadata: { store_id: shop.id } }),
    ).replace('"cus_2"', '"cus_2\\u0000","name":"\\ud83d"')
    expect(await deliver(house, body)).toEqual({ status: 200, body: { status: 'ignored' } })
  })

  test('fields of the wrong type are kept and ignored', async () => {
    const { order_id, intent } = await payableOrder()
    const odd = { amount: '4890', amount_received: null, last_payment_error: 7, status: {} }
    const event = intentEvent('payment_intent.succeeded', paidIntent(intent, 4890, odd), { id: newEventId() })
    expect(await deliver(house, event)).toEqual({ status: 200, body: { status: 'ignored' } })
    expect(await statusOf(order_id)).toBe('pending')
  })
})
