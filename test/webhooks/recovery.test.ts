import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keptLetters, mailFolder } from '../../src/mail/transport.ts'
import { recoverEvents } from '../../src/webhooks/recovery.ts'
import { type House, openHouse } from '../harness/house.ts'
import { revokeKey } from '../harness/kept-key.ts'
import { control, fault, loseWebhooks, noFaults } from '../harness/sandbox-control.ts'
import {
  confirm,
  internal,
  newKeys,
  openCheckout,
  openShop,
  orderOf,
  pay,
  type Shop,
  until,
} from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  shop = await openShop(house)
  await loseWebhooks(house, shop)
  await recoverEvents(house.deps)
  await long()
})

/** As if the last fetch was long ago. */
const long = (of = shop) =>
  house.deps.db
    .updateTable('event_cursors')
    .set({ fetched_at: sql<Date>`now() - interval '1 day'` })
    .where('store_id', '=', of.id)
    .execute()

const recover = async (of = shop) => {
  await long(of)
  return recoverEvents(house.deps, { grace: 0 })
}

async function paidOrder(card = 'pm_card_visa', of = shop) {
  const checkout = await openCheckout(house, of)
  const { body } = await pay(house, checkout.token)
  await confirm(house, of, body.client_secret, card)
  return checkout
}

const inbox = (of = shop) =>
  house.deps.db.selectFrom('events').selectAll().where('store_id', '=', of.id).execute()

const letters = () =>
  keptLetters(mailFolder(house.deps.config)).filter(({ subject }) => subject.includes('do not arrive'))

test.each([
  ['pm_card_visa', 'paid'],
  ['pm_card_chargeDeclined', 'failed'],
])('with webhooks off altogether, %s is fetched and the order is %s', async (card, status) => {
  const { order_id } = await paidOrder(card)
  await recover()
  const order = await orderOf(house, shop, order_id)
  expect(order.status).toBe(status)
  expect(order.timeline.map(({ source }: { source: string }) => source)).toEqual(['recovery'])
  expect(new Set((await inbox()).map(({ endpoint_id }) => endpoint_id))).toEqual(new Set([null]))
})

test('a store without any endpoint is fetched for too, without waiting for webhooks to come', async () => {
  const bare = await openShop(house, newKeys('NoWebhooks', 'test', 'rk'))
  const { order_id } = await paidOrder('pm_card_visa', bare)
  await recoverEvents(house.deps)
  expect((await orderOf(house, bare, order_id)).status).toBe('paid')
})

test('fetched twice, and delivered late after all: applied once', async () => {
  const { order_id } = await paidOrder()
  await recover()
  const known = (await inbox()).length
  expect((await recover()).events).toBe(0)
  const { data } = await control(house, 'GET', `deliveries?account=${shop.keys.account_id}`)
  expect(data).not.toEqual([])
  for (const { id } of data) await control(house, 'POST', `deliveries/${id}/resend`)
  expect((await inbox()).length).toBe(known)
  const { timeline, status } = await orderOf(house, shop, order_id)
  expect([status, timeline.length]).toEqual(['paid', 1])
})

test('two instances at once fetch for each connection once', async () => {
  await paidOrder()
  await long()
  const [one, two] = await Promise.all([
    recoverEvents(house.deps, { grace: 0 }),
    recoverEvents(house.deps, { grace: 0 }),
  ])
  expect(one.connections + two.connections).toBe(1)
})

test('more events than one page: all are fetched, and the listing goes on where it stopped', async () => {
  const checkout = await openCheckout(house, shop)
  const { body } = await pay(house, checkout.token)
  for (let count = 0; count < 130; count += 1) {
    await confirm(house, shop, body.client_secret, 'pm_card_chargeDeclined')
  }
  await confirm(house, shop, body.client_secret)
  // The second page fails: what the first one brought is kept, and the next run continues behind it.
  await fault(house, shop, 'GET /v1/events', 'delay', { ms: 0 })
  await fault(house, shop, 'GET /v1/events', '503')
  await recover()
  expect((await inbox()).length).toBe(100)
  await house.deps.db
    .updateTable('connections')
    .set({ resting_until: null })
    .where('store_id', '=', shop.id)
    .execute()
  await recover()
  expect((await inbox()).length).toBe(132) // 131 attempts, and the probe of connecting
  expect((await orderOf(house, shop, checkout.order_id)).status).toBe('paid')
}, 40_000)

test('webhooks under way are not called missing', async () => {
  await paidOrder()
  await long()
  expect((await recoverEvents(house.deps)).events).toBe(0)
})

describe('how often', () => {
  const fetchedAgo = (minutes: number) =>
    house.deps.db
      .updateTable('event_cursors')
      .set({ fetched_at: sql<Date>`now() - make_interval(mins => ${minutes})` })
      .where('store_id', '=', shop.id)
      .execute()
  const fetched = async () => {
    await recoverEvents(house.deps)
    const { fetched_at } = await house.deps.db
      .selectFrom('event_cursors')
      .select('fetched_at')
      .where('store_id', '=', shop.id)
      .executeTakeFirstOrThrow()
    return Date.now() - fetched_at.getTime() < 30_000
  }

  test.each([
    [true, 4, false],
    [true, 6, true],
    [false, 6, false],
    [false, 361, true],
  ])('open payments %s, %i minutes ago: fetched %s', async (open, minutes, expected) => {
    if (open) await pay(house, (await openCheckout(house, shop)).token)
    await fetchedAgo(minutes)
    expect(await fetched()).toBe(expected)
  })
})

describe('when Stripe does not answer', () => {
  test('the merchant is left alone for a while, and nothing is lost', async () => {
    const { order_id } = await paidOrder()
    await fault(house, shop, 'GET /v1/events', '429')
    expect((await recover()).failed).toBe(1)
    expect((await recover()).connections).toBe(0)
    await house.deps.db
      .updateTable('connections')
      .set({ resting_until: null })
      .where('store_id', '=', shop.id)
      .execute()
    await recover()
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  })

  test('half an answer changes nothing, and the next one does', async () => {
    const { order_id } = await paidOrder()
    await fault(house, shop, 'GET /v1/events', 'half_body', { times: 3 })
    expect((await recover()).failed).toBe(1)
    await noFaults(house, shop)
    await house.deps.db
      .updateTable('connections')
      .set({ resting_until: null })
      .where('store_id', '=', shop.id)
      .execute()
    await recover()
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  })

  test('a key that Stripe rejects is marked, and its connection is not fetched for any more', async () => {
    await revokeKey(house, shop)
    expect((await recover()).failed).toBe(1)
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/stripe-status`)
    expect(body.modes.test.problems).toContain('Invalid API key')
    expect((await recover()).connections).toBe(0)
  })

  test('an event that a listing stopped at is gone: the listing begins anew', async () => {
    const { order_id } = await paidOrder()
    await house.deps.db
      .updateTable('event_cursors')
      .set({ listed_after: 'evt_3LongGone', listed_until: new Date() })
      .where('store_id', '=', shop.id)
      .execute()
    await recover()
    await recover()
    expect((await orderOf(house, shop, order_id)).status).toBe('paid')
  })
})

describe('the owner is told that webhooks are silent', () => {
  test('once, and not again for a week', async () => {
    const before = letters().length
    await paidOrder()
    expect((await recover()).silent).toBe(1)
    const sent = await until(
      async () => letters(),
      list => list.length === before + 1,
    )
    expect(sent[0]!.to).toBe('owner@example.com')
    expect(sent[0]!.text).toContain(`/portal/${shop.id}/payments`)
    await paidOrder()
    expect((await recover()).silent).toBe(0)
    await house.deps.db
      .updateTable('event_cursors')
      .set({ told_at: sql<Date>`now() - interval '8 days'` })
      .where('store_id', '=', shop.id)
      .execute()
    await paidOrder()
    expect((await recover()).silent).toBe(1)
  })

  test('not for one that was lost among others that arrive', async () => {
    await house.deps.db
      .updateTable('endpoints')
      .set({ last_event_at: new Date() })
      .where('store_id', '=', shop.id)
      .execute()
    await paidOrder()
    const { events, silent } = await recover()
    expect([events > 0, silent]).toEqual([true, 0])
  })
})
