import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, acceptEvent } from '../../src/webhooks/accept.ts'
import type { StripeEvent } from '../../src/webhooks/event.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'
import { intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'

let house: House
let shop: Shop
let authority: Authority

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, {
    ...newKeys('NoWebhooks', 'test', 'rk'),
    webhook_secret: SIGNING_SECRET,
  } as never)
  const { id } = await house.deps.db
    .selectFrom('endpoints')
    .select('id')
    .where('store_id', '=', shop.id)
    .executeTakeFirstOrThrow()
  authority = { store_id: shop.id, id, mode: 'test', account_id: shop.keys.account_id }
})
afterAll(() => house.close())

const now = Math.floor(Date.now() / 1_000)

/** Everything that one payment, two refunds, of which one fails in the end, and a lost dispute bring. */
function history(intent: string): StripeEvent[] {
  const refund = (name: string, amount: number, status: string) => ({
    id: `re_${name}${intent}`,
    object: 'refund',
    amount,
    currency: 'eur',
    status,
    reason: null,
    payment_intent: intent,
    created: now,
    metadata: {},
  })
  const charge = (amount_refunded: number) => ({
    id: `ch_${intent}`,
    object: 'charge',
    payment_intent: intent,
    amount_refunded,
  })
  const dispute = (status: string) => ({
    id: `dp_${intent}`,
    object: 'dispute',
    payment_intent: intent,
    amount: 890,
    currency: 'eur',
    reason: 'fraudulent',
    status,
    created: now,
    evidence_details: { due_by: now + 86_400 },
  })
  const at = (seconds: number) => ({ created: now + seconds })
  return [
    intentEvent('payment_intent.processing', paidIntent(intent, 4890, { status: 'processing' }), at(0)),
    intentEvent('payment_intent.succeeded', paidIntent(intent, 4890), at(1)),
    intentEvent('refund.created', refund('a', 4000, 'pending'), at(2)),
    intentEvent('charge.refunded', charge(4000), at(2)),
    intentEvent('refund.updated', refund('a', 4000, 'succeeded'), at(3)),
    intentEvent('charge.refund.updated', refund('a', 4000, 'succeeded'), at(3)),
    intentEvent('refund.created', refund('b', 890, 'succeeded'), at(3)),
    intentEvent('charge.refunded', charge(4890), at(3)),
    intentEvent('refund.updated', refund('b', 890, 'failed'), at(4)),
    intentEvent('refund.failed', refund('b', 890, 'failed'), at(4)),
    intentEvent('charge.dispute.created', dispute('needs_response'), at(4)),
    intentEvent('charge.dispute.funds_withdrawn', dispute('needs_response'), at(4)),
    intentEvent('charge.dispute.closed', dispute('lost'), at(5)),
  ] as unknown as StripeEvent[]
}

async function outcomeOf(arrival: (events: StripeEvent[]) => StripeEvent[]) {
  const checkout = await openCheckout(house, shop)
  await pay(house, checkout.token)
  const events = arrival(history(await intentOf(house, shop, checkout.order_id)))
  // Neighbours arrive at once: half of the deliveries are under way together.
  for (let index = 0; index < events.length; index += 2) {
    await Promise.all(
      events.slice(index, index + 2).map(event => acceptEvent(house.deps.db, authority, event)),
    )
  }
  const { status, disputed, amount_refunded, refunds, disputes } = await orderOf(
    house,
    shop,
    checkout.order_id,
  )
  const told = await house.deps.db
    .selectFrom('outbox')
    .select('kind')
    .where('order_id', '=', checkout.order_id)
    .execute()
  const { amount_reserved } = await house.deps.db
    .selectFrom('orders')
    .select('amount_reserved')
    .where('id', '=', checkout.order_id)
    .executeTakeFirstOrThrow()
  return {
    status,
    disputed,
    amount_refunded,
    amount_reserved,
    refunds: refunds
      .map(({ amount, status }: { amount: number; status: string }) => `${amount} ${status}`)
      .sort(),
    disputes: disputes.map(({ status, funds }: { status: string; funds: string }) => [status, funds]),
    // Each at most once, however often it was delivered.
    paid: told.filter(({ kind }) => kind === 'order.paid').length,
    disputeds: told.filter(({ kind }) => kind === 'order.disputed').length,
    closed: told.filter(({ kind }) => kind === 'order.dispute_closed').length,
  }
}

const END = {
  status: 'partially_refunded',
  disputed: true,
  amount_refunded: 4000,
  amount_reserved: 4000,
  refunds: ['4000 succeeded', '890 failed'],
  disputes: [['lost', 'withdrawn']],
  paid: 1,
  disputeds: 1,
  closed: 1,
}

test('every order of arrival, with repetitions, of all that can follow a payment ends the same', async () => {
  expect(await outcomeOf(events => events)).toEqual(END)
  expect(await outcomeOf(events => events.toReversed())).toEqual(END)
  const size = history('pi_x').length
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size }),
      fc.array(fc.nat(size - 1), { maxLength: 6 }),
      async (order, again) => {
        expect(await outcomeOf(events => [...order, ...again].map(index => events[index]!))).toEqual(END)
      },
    ),
    { numRuns: 20 },
  )
}, 60_000)
