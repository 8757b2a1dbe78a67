import type Stripe from 'stripe'
import type { Books } from './books.ts'
import { dispatch } from './deliveries.ts'
import { newId, now } from './ids.ts'
import { accountDefault, rendered } from './versions.ts'
import type { Context } from './world.ts'

export type EventType = Stripe.Event['type']
/** The object that stripe-node declares for an event of this type. */
export type Subject<T extends EventType> = Extract<Stripe.Event, { type: T }>['data']['object']

/** What a resource does when something happens elsewhere. */
export type Followers = { [T in EventType]?: (context: Context, object: Subject<T>) => void }
export type Follower = (context: Context, object: object) => void

/** An event as it is kept: its data frozen as text, in the newest version's form. */
export interface KeptEvent {
  id: string
  type: string
  created: number
  data: string
  request: Stripe.Event['request']
  /** Endpoints that have not yet answered with a 2xx. */
  pending: number
}

const most = 10_000

/**
 * Writes down that something happened, and sends it to every endpoint that asked for it. `previous` is a shallow copy
 * of the object from before the change; the event then says which attributes differ.
 */
export function emit<T extends EventType>(
  context: Context,
  type: T,
  object: Subject<T>,
  previous?: Subject<T>,
): void {
  const { world, books, request } = context
  for (const follower of world.before.get(type) ?? []) follower(context, object)
  const changed = previous && differences(previous, object)
  const event: KeptEvent = {
    id: newId(/^(payment_intent|charge|refund)/.test(type) ? 'evt_3' : 'evt_1'),
    type,
    created: now(),
    data: JSON.stringify(changed ? { object, previous_attributes: changed } : { object }),
    request: { id: request.id, idempotency_key: request.idempotency_key },
    pending: 0,
  }
  books.events.put(event)
  books.events.keepNewest(most)
  dispatch(world, books, event)
  for (const follower of world.after.get(type) ?? []) follower(context, object)
}

/** The event as the API and the webhooks show it. `account` is set where a platform hears of a connected account. */
export function eventObject(
  books: Books,
  event: KeptEvent,
  version: string | null,
  account?: string,
): object {
  const data = JSON.parse(event.data) as Stripe.Event.Data
  const api_version = version ?? accountDefault
  return {
    id: event.id,
    object: 'event',
    ...(account ? { account } : {}),
    api_version,
    created: event.created,
    data: { ...data, object: rendered(books, data.object, api_version) as object },
    livemode: books.livemode,
    pending_webhooks: event.pending,
    request: event.request,
    type: event.type,
  } satisfies Omit<Stripe.EventBase, 'type'> & { type: string }
}

/** Which attributes differ, with the values they had; one level into objects such as metadata. */
function differences(old: object, current: object): Record<string, unknown> {
  const changed: Record<string, unknown> = {}
  const [was, is] = [old as Record<string, unknown>, current as Record<string, unknown>]
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (was[name] === is[name] || JSON.stringify(was[name]) === JSON.stringify(is[name])) continue
    changed[name] =
      name === 'metadata' ? differences(was[name] as object, is[name] as object) : (was[name] ?? null)
  }
  return changed
}
