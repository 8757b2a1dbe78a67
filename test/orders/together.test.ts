import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, acceptEvent } from '../../src/webhooks/accept.ts'
import type { StripeEvent } from '../../src/webhooks/event.ts'
import { type Clone, cloneOrders } from '../harness/clones.ts'
import { type House, openHouse } from '../harness/house.ts'
import { openCheckout, openShop, pay } from '../harness/shop.ts'
import { declinedIntent, intentEvent, paidIntent } from '../harness/stripe-event.ts'

// Events that arrive together are taken by one statement, which sees nothing of what it does itself.

const AMOUNT = 4890

let house: House
let authority: Authority
let template: string

beforeAll(async () => {
  house = await openHouse()
  const shop = await openShop(house)
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  template = checkout.order_id
  authority = { store_id: shop.id, id: null, mode: 'test', account_id: shop.keys.account_id }
})
afterAll(() => house.close())

const query = <Row>(text: string, values: unknown[] = []) => house.deps.db.engine.query<Row>(text, values)
const openOrders = (count: number) => cloneOrders(query, template, count)
const take = (event: object) => acceptEvent(house.deps.db, authority, event as StripeEvent)

const began = Math.floor(Date.now() / 1_000)
const eventOf = (type: string, intent: { id: string }, second = 0) =>
  intentEvent(`payment_intent.${type}`, intent, { created: began + second })

const statusesOf = async (orders: Clone[]): Promise<string[]> => {
  const { rows } = await query<{ id: string; status: string }>(
    'select id, status from orders where store_id = $1 and id = any ($2::uuid[])',
    [authority.store_id, orders.map(({ order_id }) => order_id)],
  )
  return orders.map(({ order_id }) => rows.find(({ id }) => id === order_id)!.status)
}

/** What is told of one order, second by second, and how it ends. */
const STORIES = {
  paid: ['payment_failed', 'processing', 'succeeded'],
  failed: ['processing', 'payment_failed'],
  processing: ['payment_failed', 'processing'],
} as const
type End = keyof typeof STORIES

function tell(id: string, end: End): object[] {
  return STORIES[end].map((type, second) => {
    if (type === 'payment_failed') return eventOf(type, declinedIntent(id, AMOUNT), second)
    const status = type === 'processing' ? { status: type, amount_received: 0 } : {}
    return eventOf(type, paidIntent(id, AMOUNT, status), second)
  })
}

test('whatever is told of many orders at the same moment, each ends as its own story does', async () => {
  const ends = fc.array(fc.constantFrom<End>('paid', 'failed', 'processing'), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(ends, fc.infiniteStream(fc.nat()), async (wanted, places) => {
      const orders = await openOrders(wanted.length)
      const told = orders.flatMap(({ payment_intent }, index) => tell(payment_intent, wanted[index]!))
      // Each of them twice, in any order.
      const shuffled = [...told, ...told]
        .map(event => ({ event, place: places.next().value }))
        .sort((a, b) => a.place - b.place)
      const outcomes = await Promise.all(shuffled.map(({ event }) => take(event)))
      expect(outcomes.filter(outcome => outcome === 'processed')).toHaveLength(told.length)
      expect(outcomes.filter(outcome => outcome === 'already_processed')).toHaveLength(told.length)
      expect(await statusesOf(orders)).toEqual(wanted)
      const { rows } = await query<{ times: number }>(
        `select count(*)::int as times from order_timeline
         where store_id = $1 and status = 'paid' and order_id = any ($2::uuid[]) group by order_id`,
        [authority.store_id, orders.map(({ order_id }) => order_id)],
      )
      expect(rows.map(({ times }) => times)).toEqual(wanted.filter(end => end === 'paid').map(() => 1))
    }),
    { numRuns: 20 },
  )
}, 60_000)

// They are sorted by what they lock, so it matters which of the two names comes first.
test.each(['pi_3000', 'pi_3zzz'])(
  'two attempts of one order in one statement: none judges by what was (%s)',
  async name => {
    const [order, ...others] = (await openOrders(3)) as [Clone, ...Clone[]]
    const again = `${name}${randomUUID().slice(0, 8)}`
    await query('update payments set closed_at = now() where store_id = $1 and payment_intent = $2', [
      authority.store_id,
      order.payment_intent,
    ])
    await query(
      `insert into payments
     select (jsonb_populate_record(p, jsonb_build_object(
       'id', $3::uuid, 'payment_intent', $4::text, 'closed_at', null))).*
     from payments p where store_id = $1 and payment_intent = $2`,
      [authority.store_id, order.payment_intent, randomUUID(), again],
    )
    // The first two keep the database busy, so the others wait for them and go together.
    const outcomes = await Promise.all([
      ...others.map(({ payment_intent }) => take(eventOf('succeeded', paidIntent(payment_intent, AMOUNT)))),
      take(eventOf('succeeded', paidIntent(order.payment_intent, AMOUNT))),
      take(eventOf('payment_failed', declinedIntent(again, AMOUNT))),
    ])
    expect(outcomes).toEqual(['processed', 'processed', 'processed', 'processed'])
    expect(await statusesOf([order])).toEqual(['paid'])
    const { rows } = await query<{ found: string }>(
      'select found from payments where store_id = $1 and order_id = $2 order by found',
      [authority.store_id, order.order_id],
    )
    expect(rows.map(({ found }) => found)).toEqual(['failed', 'succeeded'])
  },
)
