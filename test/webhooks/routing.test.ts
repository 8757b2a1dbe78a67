import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Unavailable } from '../../src/lib/problem.ts'
import { makeBudget } from '../../src/webhooks/budget.ts'
import { readEvent } from '../../src/webhooks/event.ts'
import { makeRouter } from '../../src/webhooks/router.ts'
import { readSignature } from '../../src/webhooks/signature.ts'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { type Keys, newKeys, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, sign } from '../harness/stripe-event.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

let counter = 0
async function handMade(
  keys: Keys = newKeys('NoWebhooks', 'test', 'rk'),
): Promise<Shop & { secret: string }> {
  const secret = `whsec_ofMerchantNumber${++counter}`
  return { ...(await openShop(house, { ...keys, webhook_secret: secret } as Keys)), secret }
}

/** As if it had been connected long ago. */
const age = (shop: Shop) =>
  house.deps.db
    .updateTable('endpoints')
    .set({ armed_at: new Date('2026-01-01'), proven_at: new Date('2026-01-01') })
    .where('store_id', '=', shop.id)
    .execute()

const customer = (metadata: object = {}) =>
  intentEvent('customer.created', { id: 'cus_1', object: 'customer', metadata })
const storesOf = async (eventId: string) =>
  (await house.deps.db.selectFrom('events').select('store_id').where('id', '=', eventId).execute()).map(
    ({ store_id }) => store_id,
  )

async function payableOrder(shop: Shop) {
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  return { order_id: checkout.order_id, intent: await intentOf(house, shop, checkout.order_id) }
}

test('an event without any hint of ours finds its store among merchants connected long ago', async () => {
  const shops = [await handMade(), await handMade(), await handMade()]
  for (const shop of shops) await age(shop)
  const event = customer()
  expect(await deliver(house, event, { secret: shops[1]!.secret })).toEqual({
    status: 200,
    body: { status: 'ignored' },
  })
  expect(await storesOf(event.id)).toEqual([shops[1]!.id])
})

test('an event that names a store but was signed by another belongs to the one that signed', async () => {
  const [victim, attacker] = [await handMade(), await handMade()]
  const { order_id, intent } = await payableOrder(victim)
  const forged = intentEvent(
    'payment_intent.succeeded',
    paidIntent(intent, 4890, { metadata: { store_id: victim.id } }),
  )
  expect((await deliver(house, forged, { secret: attacker.secret })).body).toEqual({ status: 'ignored' })
  expect(await storesOf(forged.id)).toEqual([attacker.id])
  expect((await orderOf(house, victim, order_id)).status).toBe('pending')
  // The same id, now really from Stripe: nobody can use an id up for somebody else.
  expect((await deliver(house, forged, { secret: victim.secret })).body).toEqual({ status: 'processed' })
  expect((await orderOf(house, victim, order_id)).status).toBe('paid')
})

test('two stores on one account get the same event, each signed for itself, and each handles its own', async () => {
  const keys = newKeys('NoWebhooks', 'test', 'rk')
  const [one, two] = [await handMade(keys), await handMade(keys)]
  const { order_id, intent } = await payableOrder(one)
  const event = intentEvent(
    'payment_intent.succeeded',
    paidIntent(intent, 4890, { metadata: { store_id: one.id } }),
  )
  expect((await deliver(house, event, { secret: two.secret })).body).toEqual({ status: 'ignored' })
  expect((await deliver(house, event, { secret: one.secret })).body).toEqual({ status: 'processed' })
  expect((await storesOf(event.id)).sort()).toEqual([one.id, two.id].sort())
  expect((await orderOf(house, one, order_id)).status).toBe('paid')
})

test('a payment is found by its PaymentIntent when the metadata is missing, as with refunds and disputes', async () => {
  const shop = await handMade()
  await age(shop)
  const { intent } = await payableOrder(shop)
  const refund = intentEvent('refund.created', { id: 're_1', object: 'refund', payment_intent: intent })
  expect((await deliver(house, refund, { secret: shop.secret })).status).toBe(200)
  expect(await storesOf(refund.id)).toEqual([shop.id])
})

test("a registered endpoint's own URL takes its own secret only", async () => {
  const shop = await openShop(house)
  const other = await handMade()
  const [endpoint] = await listAtStripe(house, shop, 'webhook_endpoints')
  const path = new URL(endpoint.url).pathname
  expect((await deliver(house, customer(), { secret: other.secret, path })).status).toBe(400)
  for (const wrong of [`${path}x`, path.slice(0, -1), '/webhook/stripe/x']) {
    expect((await deliver(house, customer(), { secret: other.secret, path: wrong })).status).toBe(400)
  }
})

test('thin events of the v2 API are no events of ours', async () => {
  const shop = await handMade()
  const thin = {
    id: 'evt_test_65',
    object: 'v2.core.event',
    type: 'v2.core.account.updated',
    created: '2026-11-21T10:00:00Z',
  }
  expect((await deliver(house, thin, { secret: shop.secret })).body).toEqual({ status: 'ignored' })
})

describe('a flood that nobody signed', () => {
  test('is answered 400 or 503, and routed events pass all the same', async () => {
    const shop = await handMade()
    const { order_id, intent } = await payableOrder(shop)
    const flood = Array.from({ length: 200 }, (_, n) =>
      deliver(house, customer(n % 2 ? { store_id: shop.id } : {}), { secret: `whsec_guess${n}` }),
    )
    const event = intentEvent(
      'payment_intent.succeeded',
      paidIntent(intent, 4890, { metadata: { store_id: shop.id } }),
    )
    expect((await deliver(house, event, { secret: shop.secret })).body).toEqual({ status: 'processed' })
    const answers = (await Promise.all(flood)).map(({ status }) => status)
    expect(answers.filter(status => status !== 400 && status !== 503)).toEqual([])
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  })
})

test('whatever strangers send, only so many secrets are tried in vain for them', async () => {
  for (let made = 0; made < 20; made += 1) await handMade()
  let opened = 0
  const vault = {
    ...house.deps.vault,
    open: (...asked: Parameters<typeof house.deps.vault.open>) => {
      opened += 1
      return house.deps.vault.open(...asked)
    },
  }
  // Within one second, however slow the machine is.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  onTestFinished(() => void vi.useRealTimers())
  const router = makeRouter({ db: house.deps.db, vault }, { note: () => undefined })
  let refused = 0
  for (let sent = 0; sent < 600; sent += 1) {
    const body = Buffer.from(JSON.stringify(customer()))
    const signature = readSignature(sign(body.toString(), `whsec_guess${sent}`))!
    const event = readEvent(body)!
    await router.onSharedUrl({ body, signature, event }).catch(error => {
      expect(error).toBeInstanceOf(Unavailable)
      refused += 1
    })
  }
  // What may be saved up, and the one delivery that overdraws.
  expect(opened).toBeGreaterThan(2_000)
  expect(opened).toBeLessThan(5_500)
  expect(refused).toBeGreaterThan(0)
})

test('the budget refuses once it is spent, works debts off and never saves up more than its burst', () => {
  let now = 0
  const budget = makeBudget(100, 50, () => now)
  expect(budget.allows()).toBe(true)
  budget.spend(150)
  expect(budget.allows()).toBe(false)
  now += 1_000
  expect(budget.allows()).toBe(false)
  now += 10
  expect(budget.allows()).toBe(true)
  now += 60_000
  budget.allows()
  budget.spend(50)
  expect(budget.allows()).toBe(false)
})
