import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findingOf } from '../../src/orders/finding.ts'
import { settleOrder } from '../../src/orders/settle.ts'
import type { Source } from '../../src/orders/table.ts'
import { type Authority, acceptEvent } from '../../src/webhooks/accept.ts'
import type { StripeEvent } from '../../src/webhooks/event.ts'
import { cloneOrders } from '../harness/clones.ts'
import { type House, openHouse } from '../harness/house.ts'
import { openCheckout, openShop, pay } from '../harness/shop.ts'
import { declinedIntent, intentEvent, paidIntent } from '../harness/stripe-event.ts'

/** `ORDERINGS=2000 npx vitest run test/orders/orderings.test.ts` looks longer. */
const RUNS = Number(process.env.ORDERINGS ?? 40)

let house: House
let authority: Authority
let template: string

beforeAll(async () => {
  house = await openHouse()
  const shop = await openShop(house)
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  template = checkout.order_id
  const { id } = await house.deps.db
    .selectFrom('endpoints')
    .select('id')
    .where('store_id', '=', shop.id)
    .executeTakeFirstOrThrow()
  authority = { store_id: shop.id, id, mode: 'test', account_id: shop.keys.account_id }
})
afterAll(() => house.close())

/** What happens to a PaymentIntent at Stripe, one step after the other. */
type Step = 'created' | 'declined' | 'processing' | 'succeeded' | 'canceled'

const attempts = fc.constantFrom<Step[]>(['declined'], ['processing', 'declined'])
const ends = fc.constantFrom<Step[]>(
  ['succeeded'],
  ['processing', 'succeeded'],
  ['canceled'],
  ['processing'],
  [],
)
const histories = fc
  .tuple(fc.array(attempts, { maxLength: 3 }), ends)
  .map(([tries, end]): Step[] => ['created', ...tries.flat(), ...end])

/** How we hear of it: an event is delivered (again, or never), or somebody asks and is answered, perhaps late. */
type Hearing = { step: number; late: number; by: 'webhook' | 'recovery' | 'return' | 'sweeper' }

const hearing = fc.record({
  step: fc.nat({ max: 9 }),
  late: fc.nat({ max: 12 }),
  by: fc.constantFrom<Hearing['by']>('webhook', 'webhook', 'webhook', 'recovery', 'return', 'sweeper'),
})

const AMOUNT = 4890

function intentAt(steps: Step[], index: number, id: string) {
  const step = steps[index]!
  const charge = steps.slice(0, index + 1).findLastIndex(one => one !== 'created' && one !== 'canceled')
  const latest_charge = charge < 0 ? null : `ch_3${id}x${charge}`
  if (step === 'declined') return declinedIntent(id, AMOUNT, { latest_charge })
  if (step === 'succeeded') return paidIntent(id, AMOUNT, { latest_charge })
  const status = step === 'created' ? 'requires_payment_method' : step
  return paidIntent(id, AMOUNT, { status, amount_received: 0, latest_charge })
}

const TYPES: Record<Step, string> = {
  created: 'payment_intent.created',
  declined: 'payment_intent.payment_failed',
  processing: 'payment_intent.processing',
  succeeded: 'payment_intent.succeeded',
  canceled: 'payment_intent.canceled',
}

const EXPECTED = {
  succeeded: 'paid',
  processing: 'processing',
  declined: 'failed',
  created: 'pending',
} as const

const openOrder = async () =>
  (await cloneOrders((text, values) => house.deps.db.engine.query(text, values), template, 1))[0]!

/** Lives through a history, hearing of it as told. The clock ticks `gaps` seconds between the steps. */
async function live(steps: Step[], gaps: number[], hearings: Hearing[], stragglers: number[]) {
  const { order_id: orderId, payment_intent: id } = await openOrder()
  const began = Math.floor(Date.now() / 1_000)
  const times = steps.map((_, index) => began + gaps.slice(0, index).reduce((sum, gap) => sum + gap, 0))
  const events = steps.map((step, index) =>
    intentEvent(TYPES[step], intentAt(steps, index, id), { created: times[index] }),
  )

  const hear = async ({ step, by }: Hearing): Promise<void> => {
    const index = step % steps.length
    if (by === 'webhook' || by === 'recovery') {
      const whose = by === 'webhook' ? authority : { ...authority, id: null }
      await acceptEvent(house.deps.db, whose, events[index] as unknown as StripeEvent)
    } else await ask(index, by, times[index]!)
  }
  const ask = async (index: number, source: Source, at: number): Promise<void> => {
    const finding = findingOf(intentAt(steps, index, id) as never)
    await settleOrder(house.deps.db, authority, finding, source, new Date(at * 1_000 + 999))
  }

  const inOrder = hearings.toSorted(
    (a, b) => times[a.step % steps.length]! + a.late - times[b.step % steps.length]! - b.late,
  )
  for (const one of inOrder) await hear(one)
  // In the end somebody asks; what comes after that changes nothing any more.
  const last = steps.length - 1
  await ask(last, 'sweeper', times[last]! + 120)
  const settled = await stateOf(orderId)
  for (const step of stragglers) await hear({ step, by: 'webhook', late: 0 })
  return { settled, afterStragglers: await stateOf(orderId) }
}

async function stateOf(orderId: string) {
  const { db } = house.deps
  const order = await db
    .selectFrom('orders')
    .select(['status', 'paid_at', 'updated_at'])
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow()
  const payment = await db
    .selectFrom('payments')
    .select(['closed_at'])
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow()
  const timeline = await db
    .selectFrom('order_timeline')
    .select('status')
    .where('order_id', '=', orderId)
    .orderBy('at')
    .execute()
  return {
    status: order.status,
    paid: order.paid_at !== null,
    closed: payment.closed_at !== null,
    updated_at: order.updated_at.getTime(),
    timeline: timeline.map(({ status }) => status),
  }
}

test(
  'however we hear of it, in any order, repeated, late or never: the order ends as it is at Stripe',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(fc.nat({ max: 3 }), { minLength: 10, maxLength: 10 }),
        fc.array(hearing, { maxLength: 16 }),
        fc.array(fc.nat({ max: 9 }), { maxLength: 4 }),
        async (steps, gaps, hearings, stragglers) => {
          const { settled, afterStragglers } = await live(steps, gaps, hearings, stragglers)
          const end = steps.at(-1)!
          expect(settled.status).toBe(end === 'canceled' ? 'pending' : EXPECTED[end])
          expect(settled.paid).toBe(end === 'succeeded')
          expect(settled.closed).toBe(end === 'succeeded' || end === 'canceled')
          const count = (status: string) => settled.timeline.filter(one => one === status).length
          expect(count('paid')).toBe(end === 'succeeded' ? 1 : 0)
          // Declines of one second cannot be told apart in time, so there one that is repeated may count again.
          if (gaps.slice(0, steps.length - 1).every(gap => gap > 0)) {
            expect(count('failed')).toBeLessThanOrEqual(steps.filter(step => step === 'declined').length)
          }
          // Nothing follows paid.
          if (end === 'succeeded') expect(settled.timeline.at(-1)).toBe('paid')
          expect(afterStragglers).toEqual(settled)
        },
      ),
      { numRuns: RUNS },
    )
  },
  RUNS * 1_000,
)

test('all at once: twenty tellings of one success, by everybody, pay the order once', async () => {
  const { order_id: orderId, payment_intent: id } = await openOrder()
  const intent = paidIntent(id, AMOUNT)
  const tell = (index: number) => {
    if (index % 3 === 0) {
      return settleOrder(house.deps.db, authority, findingOf(intent as never), 'return', new Date())
    }
    const event = intentEvent('payment_intent.succeeded', intent) as unknown as StripeEvent
    return acceptEvent(house.deps.db, index % 3 === 1 ? authority : { ...authority, id: null }, event)
  }
  await Promise.all(Array.from({ length: 20 }, (_, index) => tell(index)))
  const { status, timeline } = await stateOf(orderId)
  expect([status, timeline]).toEqual(['paid', ['paid']])
})
