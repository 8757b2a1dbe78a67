import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listActivity } from '../../src/audit/audit.ts'
import { NotFound } from '../../src/lib/problem.ts'
import { dismissEvent, listQuarantined, retryEvent } from '../../src/webhooks/quarantine.ts'
import { replayEvents } from '../../src/webhooks/replay.ts'
import { purgeEvents } from '../../src/webhooks/retention.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'

let house: House
let shop: Shop
let other: Shop

const owner = { kind: 'owner', email: 'owner@example.com' } as const

beforeAll(async () => {
  house = await openHouse()
  const handMade = (webhook_secret: string) => ({ ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret })
  shop = await openShop(house, handMade(SIGNING_SECRET))
  other = await openShop(house, handMade('whsec_ofAnotherMerchantAltogether'))
})
afterAll(() => house.close())

async function quarantined(amount = 100) {
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  const intent = await intentOf(house, shop, checkout.order_id)
  const event = intentEvent(
    'payment_intent.succeeded',
    paidIntent(intent, amount, { metadata: { store_id: shop.id } }),
  )
  expect((await deliver(house, event)).body.status).toBe('quarantined')
  return { ...checkout, event: event.id, place: { mode: 'test', id: event.id } as const }
}

const list = async (of = shop) => listQuarantined(house.deps.db, of.id)
const trail = async () => (await listActivity(house.deps.db, shop.id)).data.map(({ action }) => action)

test('what contradicts an order is listed with what contradicts, to its own store only', async () => {
  const { event, order_id, confirmation_code } = await quarantined()
  expect((await list())[0]).toMatchObject({
    id: event,
    mode: 'test',
    reason: 'amount',
    amount: 100,
    currency: 'eur',
    order_id,
    confirmation_code,
  })
  expect(await list(other)).toEqual([])
})

test('dismissed with a note: gone from the list, in the trail, and no order is touched', async () => {
  const { event, order_id, place } = await quarantined()
  await dismissEvent(house.deps.db, shop.id, place, 'paid in the shop', owner)
  expect((await list()).map(({ id }) => id)).not.toContain(event)
  expect((await orderOf(house, shop, order_id)).status).toBe('pending')
  const [entry] = (await listActivity(house.deps.db, shop.id)).data
  expect([entry!.action, entry!.actor, entry!.detail]).toEqual([
    'event.dismissed',
    'owner@example.com',
    { mode: 'test', event, note: 'paid in the shop' },
  ])
  await expect(dismissEvent(house.deps.db, shop.id, place, 'again', owner)).rejects.toThrow(NotFound)
})

test("another store's event can neither be dismissed nor tried again", async () => {
  const { event, place } = await quarantined()
  await expect(dismissEvent(house.deps.db, other.id, place, 'mine now', owner)).rejects.toThrow(NotFound)
  await expect(retryEvent(house.deps.db, other.id, place, owner)).rejects.toThrow(NotFound)
  expect((await list()).map(({ id }) => id)).toContain(event)
})

test('tried again: it stays as long as it contradicts, and pays the order once the cause is mended', async () => {
  const { event, order_id, place } = await quarantined()
  expect(await retryEvent(house.deps.db, shop.id, place, owner)).toBe('quarantined')
  expect((await orderOf(house, shop, order_id)).status).toBe('pending')

  await house.deps.db.updateTable('payments').set({ amount: 100 }).where('order_id', '=', order_id).execute()
  expect(await retryEvent(house.deps.db, shop.id, place, owner)).toBe('processed')
  expect((await list()).map(({ id }) => id)).not.toContain(event)
  const { status, timeline } = await orderOf(house, shop, order_id)
  expect([status, timeline.length]).toEqual(['paid', 1])
  expect((await trail()).slice(0, 2)).toEqual(['event.replayed', 'event.replayed'])
})

test('replayed: what was applied is not applied again, and what we failed to apply is', async () => {
  const applied = await openCheckout(house, shop)
  const undone = await openCheckout(house, shop)
  for (const { token, order_id } of [applied, undone]) {
    await pay(house, token)
    const intent = await intentOf(house, shop, order_id)
    await deliver(house, intentEvent('payment_intent.succeeded', paidIntent(intent, 4890)))
  }
  // As if a mistake of ours had lost what the second event said.
  await house.deps.db
    .updateTable('orders')
    .set({ status: 'pending', paid_at: null })
    .where('id', '=', undone.order_id)
    .execute()
  let told = 0
  const since = new Date(Date.now() - 60_000)
  const done = await replayEvents(house.deps.db, shop.id, { since }, { kind: 'service' }, at => (told = at))
  expect(told).toBe(done.processed + done.ignored + done.quarantined)
  expect(done.processed).toBeGreaterThanOrEqual(2)
  expect((await orderOf(house, shop, applied.order_id)).timeline).toHaveLength(1)
  expect((await orderOf(house, shop, undone.order_id)).status).toBe('paid')
  expect(await replayEvents(house.deps.db, other.id, {}, { kind: 'service' })).toEqual({
    processed: 0,
    ignored: 0,
    quarantined: 0,
  })
})

test('more events than one batch are each taken once', async () => {
  const busy = await openShop(house, {
    ...newKeys('NoWebhooks', 'test', 'rk'),
    webhook_secret: 'whsec_ofABusyMerchant',
  } as never)
  const endpoint = await house.deps.db
    .selectFrom('endpoints')
    .select('id')
    .where('store_id', '=', busy.id)
    .executeTakeFirstOrThrow()
  // All of one microsecond: only mode and id tell them apart.
  await sql`
    insert into events (store_id, mode, id, endpoint_id, type, created, outcome, payload)
    select ${busy.id}::uuid, 'test', 'evt_' || n, ${endpoint.id}::uuid, 'customer.created', now(), 'ignored',
      jsonb_build_object('id', 'evt_' || n, 'type', 'customer.created', 'created', 1, 'livemode', false,
        'data', '{"object": {"id": "cus_1", "object": "customer"}}'::jsonb)
    from generate_series(1, 450) n`.execute(house.deps.db)
  const done = await replayEvents(house.deps.db, busy.id, {}, { kind: 'service' })
  expect(done).toEqual({ processed: 0, ignored: 450, quarantined: 0 })
})

test('after 90 days events are forgotten, except those in quarantine', async () => {
  const { event } = await quarantined()
  const decided = await quarantined()
  await dismissEvent(house.deps.db, shop.id, decided.place, 'seen', owner)
  const age = (days: number) =>
    house.deps.db
      .updateTable('events')
      .set({ received_at: sql<Date>`now() - make_interval(days => ${days})` })
      .where('store_id', '=', shop.id)
      .execute()
  const kept = async () =>
    (await house.deps.db.selectFrom('events').select('id').where('store_id', '=', shop.id).execute()).map(
      ({ id }) => id,
    )
  await age(89)
  expect(await purgeEvents(house.deps.db)).toBe(0)
  await age(91)
  const waiting = (await list()).map(({ id }) => id).sort()
  expect(await purgeEvents(house.deps.db)).toBeGreaterThan(1)
  expect((await kept()).sort()).toEqual(waiting)
  expect(waiting).toContain(event)
})
