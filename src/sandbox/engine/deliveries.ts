import { createHmac } from 'node:crypto'
import type Stripe from 'stripe'
import { type Books, collection } from './books.ts'
import { eventObject, type KeptEvent } from './events.ts'
import { newId, now } from './ids.ts'
import { type Answer, post } from './post.ts'
import type { World } from './world.ts'

/** Webhook endpoints; beside each the signing secret, and whether it hears of connected accounts. */
export const WebhookEndpoints = collection<Stripe.WebhookEndpoint, { secret: string; connect: boolean }>({
  url: '/v1/webhook_endpoints',
  noun: 'webhook endpoint',
  prefix: 'we_',
})

/** One event on its way to one endpoint. */
export interface Delivery {
  id: string
  event: string
  type: string
  endpoint: string
  url: string
  /** The account the event is about, and its mode; the endpoint may be its platform's. */
  account: string
  livemode: boolean
  status: 'pending' | 'delivered' | 'failed' | 'dropped'
  attempts: (Answer & { at: number })[]
  next_attempt_at: number | null
}

/** What tests may ask of the deliveries. Shares are from 0 to 1, `true` is 1. */
export interface DeliveryRules {
  /** Nothing leaves until it is false again. */
  paused: boolean
  /** Each delivery waits a random part of 100 ms, so that they arrive in any order. */
  shuffle: boolean
  /** This share is sent twice. */
  duplicate: number
  /** This share is never sent. */
  drop: number
  /** Waits between the tries, in milliseconds; the last one repeats, up to 16 tries in all. */
  retry_ms: number[]
}
export const defaultRules: DeliveryRules = {
  paused: false,
  shuffle: false,
  duplicate: 0,
  drop: 0,
  retry_ms: [1_000, 5_000, 25_000, 60_000, 120_000, 300_000, 600_000],
}
const mostTries = 16
const mostKept = 2_000

export const rulesFor = (world: World, account: string): DeliveryRules =>
  world.deliveryRules.get(account) ?? world.deliveryRules.get('*') ?? defaultRules

/** Sends an event to the account's own endpoints and, of a connected account, to its platform's Connect endpoints. */
export function dispatch(world: World, books: Books, event: KeptEvent): void {
  deliverTo(world, books, books, event, false)
  if (books.platform) deliverTo(world, world.of(books.platform, books.livemode), books, event, true)
}

function deliverTo(world: World, owner: Books, books: Books, event: KeptEvent, connect: boolean): void {
  const endpoints = owner.of(WebhookEndpoints)
  if (endpoints.size === 0) return
  for (const endpoint of endpoints.newest()) {
    if (endpoint.status !== 'enabled' || endpoints.note(endpoint.id).connect !== connect) continue
    if (!endpoint.enabled_events.some(wanted => wanted === '*' || wanted === event.type)) continue
    event.pending++
    const delivery: Delivery = {
      id: newId('dlv_', 24),
      event: event.id,
      type: event.type,
      endpoint: endpoint.id,
      url: endpoint.url,
      account: books.account,
      livemode: books.livemode,
      status: 'pending',
      attempts: [],
      next_attempt_at: null,
    }
    if (owner.deliveries.length >= mostKept) owner.deliveries.splice(0, mostKept / 10)
    owner.deliveries.push(delivery)
    start(world, owner, delivery)
  }
}

/** Begins a delivery, as the rules in force say. Also called for what was held back. */
function start(world: World, owner: Books, delivery: Delivery): void {
  const rules = rulesFor(world, owner.account)
  if (rules.paused || world.underWay.has(delivery.id)) return
  if (Math.random() < rules.drop) {
    delivery.status = 'dropped'
    return
  }
  const copies = Math.random() < rules.duplicate ? 2 : 1
  for (let copy = 0; copy < copies; copy++) {
    attemptLater(world, owner, delivery, rules.shuffle ? Math.random() * 100 : 0)
  }
}

function attemptLater(world: World, owner: Books, delivery: Delivery, wait: number): void {
  world.underWay.add(delivery.id)
  world.later(wait, () => {
    // A delivery whose time comes during a pause is started again by its end.
    world.underWay.delete(delivery.id)
    if (!rulesFor(world, owner.account).paused) void attempt(world, owner, delivery)
  })
}

/** One try. A 2xx within ten seconds ends the delivery; anything else is tried again later. */
export async function attempt(world: World, owner: Books, delivery: Delivery): Promise<void> {
  const endpoints = owner.of(WebhookEndpoints)
  const endpoint = endpoints.find(delivery.endpoint)
  const books = world.of(delivery.account, delivery.livemode)
  const event = books.events.find(delivery.event)
  delivery.next_attempt_at = null
  if (!endpoint || !event || endpoint.status !== 'enabled') {
    delivery.status = 'failed'
    return
  }
  const connected = books === owner ? undefined : books.account
  const body = JSON.stringify(eventObject(books, event, endpoint.api_version, connected), null, 2)
  world.underWay.add(delivery.id)
  const answer = await post(endpoint.url, body, signed(endpoints.note(endpoint.id).secret, body))
  world.underWay.delete(delivery.id)
  delivery.attempts.push({ at: now(), ...answer })
  if (answer.status !== null && answer.status >= 200 && answer.status < 300) {
    if (delivery.status !== 'delivered') event.pending--
    delivery.status = 'delivered'
  } else if (delivery.status !== 'delivered') {
    retryLater(world, owner, delivery, answer)
  }
  world.changed()
}

function retryLater(world: World, owner: Books, delivery: Delivery, answer: Answer): void {
  const { retry_ms } = rulesFor(world, owner.account)
  if (answer.final || delivery.attempts.length >= mostTries) {
    delivery.status = 'failed'
    return
  }
  const wait = retry_ms[Math.min(delivery.attempts.length, retry_ms.length) - 1]!
  delivery.status = 'pending'
  delivery.next_attempt_at = now() + Math.round(wait / 1000)
  attemptLater(world, owner, delivery, wait)
}

/** The `Stripe-Signature` header: HMAC-SHA-256 over `t.body` with the endpoint's own secret. */
export function signed(secret: string, body: string, at = now()): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
}

/** Starts again what was waiting: after a pause, or after the sandbox itself was restarted. */
export function resume(world: World): void {
  for (const books of world.books.values()) {
    for (const delivery of books.deliveries) if (delivery.status === 'pending') start(world, books, delivery)
  }
}
