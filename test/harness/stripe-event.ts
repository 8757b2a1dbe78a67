import { createHmac } from 'node:crypto'
import type { House } from './house.ts'
import type { Shop } from './shop.ts'

export const SIGNING_SECRET = 'whsec_aTestSecretThatTheMerchantPasted'

let counter = 0

/** An id no other event of this process has. */
export const newEventId = (): string => `evt_3Test${process.pid}x${++counter}`

/** An event about a PaymentIntent, as Stripe would send it. */
export function intentEvent(type: string, intent: object, more: object = {}) {
  return {
    id: newEventId(),
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    data: { object: intent },
    ...more,
  }
}

/** A PaymentIntent of an order as Stripe has it once it was paid; `changes` tell another story. */
export function paidIntent(id: string, amount: number, changes: object = {}) {
  return {
    id,
    object: 'payment_intent',
    status: 'succeeded',
    amount,
    amount_received: amount,
    currency: 'eur',
    latest_charge: 'ch_3Test',
    last_payment_error: null,
    client_secret: `${id}_secret_canary`,
    livemode: false,
    metadata: {},
    ...changes,
  }
}

export const declinedIntent = (id: string, amount: number, changes: object = {}) =>
  paidIntent(id, amount, {
    status: 'requires_payment_method',
    amount_received: 0,
    last_payment_error: {
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      message: 'canary message',
    },
    ...changes,
  })

export function sign(body: string, secret: string, at = Math.floor(Date.now() / 1_000)): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
}

/** Delivers an event to the shared URL. */
export async function deliver(
  house: House,
  event: object | string,
  {
    secret = SIGNING_SECRET,
    header,
    path = '/webhook/stripe',
  }: { secret?: string; header?: string; path?: string } = {},
) {
  const body = typeof event === 'string' ? event : JSON.stringify(event)
  const response = await fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': header ?? sign(body, secret) },
    body,
  })
  return { status: response.status, body: (await response.json()) as { status: unknown } }
}

/** The PaymentIntent of an order, which exists once somebody pressed pay. */
export async function intentOf(house: House, shop: Pick<Shop, 'id'>, orderId: string): Promise<string> {
  const payment = await house.deps.db
    .selectFrom('payments')
    .select('payment_intent')
    .where('store_id', '=', shop.id)
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow()
  return payment.payment_intent!
}
