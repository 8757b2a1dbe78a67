/**
 * How to add a resource to the sandbox
 *
 * 1. Declare its kind at the top of `api/<resource>.ts` and export it, so that others can look into it:
 *      export const Coupons = collection<Stripe.Coupon>({ url: '/v1/coupons', noun: 'coupon', prefix: 'co_' })
 *    What must be remembered beside an object but never shown is a second type parameter, its note.
 * 2. Export a Resource with its operations. The table of parameters is typed against stripe-node's own
 *    `…Params` and must name every one of them (`anything` for what is accepted and not acted upon):
 *      export const coupons: Resource = {
 *        operations: [
 *          operation<Stripe.CouponCreateParams>({
 *            method: 'POST', path: '/v1/coupons', needs: 'catalog.write',
 *            params: { …, expand, metadata, amount_off: int(1) },
 *            run(call) {
 *              const coupon: Stripe.Coupon = { id: newId('co_'), object: 'coupon', … }
 *              call.books.of(Coupons).put(coupon)
 *              emit(call, 'coupon.created', coupon)
 *              return coupon
 *            },
 *          }),
 *          retrieving(Coupons, 'catalog.read'),
 *          listing<Stripe.CouponListParams, Stripe.Coupon>(Coupons, 'catalog.read', { ...paging, expand, created: range }),
 *        ],
 *      }
 *    and add a line to `api/index.ts`.
 * 3. An operation is synchronous: it happens whole or, by throwing a Refusal first, not at all. Check everything,
 *    then change. Objects are changed in place; `emit(call, 'x.updated', object, before)` with `before = {...object}`
 *    taken first writes `previous_attributes`. Expanding, idempotency, faults, versions, permissions, lists' paging,
 *    request ids and saving are the engine's.
 * 4. To act when something happens elsewhere, name the event in `before` (its object may still be changed, e.g. a
 *    charge that gets its transfer) or `after`:
 *      after: { 'payment_intent.succeeded': (context, intent) => completeSession(context, intent) }
 * 5. What a version removed or renamed: `legacy` for parameters (read from `call.extra`), `versions.ts` for objects.
 *    What only Stripe.js sends: `extra`. What publishable keys may do: `publishable`.
 */
import type Stripe from 'stripe'
import type { Collection } from './books.ts'
import { type EventType, emit, type Followers, type Subject } from './events.ts'
import type { Key, Permission } from './keys.ts'
import { type List, type PageParams, page } from './lists.ts'
import { mergeMetadata } from './metadata.ts'
import { expand, type Rule, type Table } from './params.ts'
import { missing } from './refusal.ts'
import type { Context } from './world.ts'

/** One request, ready to be carried out. */
export interface Call<P> extends Context {
  params: P
  /** The parts of the path: `call.path.id`. */
  path: Record<string, string>
  key: Key
  /** The API version in force: the header's, or the account's own. */
  version: string
  /** Parameters that the SDK's types do not name: those declared in `legacy` and `extra`. */
  extra: Record<string, unknown>
}

/** A parameter that newer versions no longer know. Without a version header it is still taken. */
export interface Legacy {
  rule: Rule<unknown>
  /** The first version that refuses it. */
  removed: string
}

export interface Operation<P> {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  needs: Permission
  /** Lets publishable keys in, or throws; without it the operation is for secret keys only. */
  publishable?: (call: Call<P>) => void
  params: Table<P>
  legacy?: Record<string, Legacy>
  /** What Stripe.js sends and stripe-node's types do not name, e.g. the client secret of a confirmation. */
  extra?: Record<string, Rule<unknown>>
  run(call: Call<P>): object
}

export interface Resource {
  operations: Operation<unknown>[]
  /** Run before an event of this type is written down; may still change its object. */
  before?: Followers
  /** Run right after an event of this type was written down. */
  after?: Followers
}

export const operation = <P>(made: Operation<P>): Operation<unknown> => made as unknown as Operation<unknown>

/** `GET <url>/:id`. */
export const retrieving = <T extends { id: string }, Note>(
  kind: Collection<T, Note>,
  needs: Permission,
): Operation<unknown> =>
  operation<{ expand?: string[] }>({
    method: 'GET',
    path: `${kind.url}/:id`,
    needs,
    params: { expand },
    run: call => call.books.need(kind, call.path.id!),
  })

/** `GET <url>`: newest first, paged; `keep` says which objects the parameters ask for. */
export const listing = <P extends PageParams, T extends { id: string; created?: number }, Note = unknown>(
  kind: Collection<T, Note>,
  needs: Permission,
  params: Table<P>,
  keep: (object: T, params: P, call: Call<P>) => boolean = () => true,
): Operation<unknown> =>
  operation<P>({
    method: 'GET',
    path: kind.url,
    needs,
    params,
    run: (call): List<T> =>
      page(call.books.of(kind), call.params, kind, object => keep(object, call.params, call)),
  })

/** `POST <url>/:id`: `change` sets what the parameters say, metadata is merged here, and `event` tells what differs. */
export const updating = <
  P extends { metadata?: Stripe.MetadataParam | '' | null },
  T extends { id: string; metadata: Stripe.Metadata | null },
  Note = undefined,
>(
  kind: Collection<T, Note>,
  needs: Permission,
  event: EventType,
  params: Table<P>,
  change: (object: T, params: P) => void = () => {},
): Operation<unknown> =>
  operation<P>({
    method: 'POST',
    path: `${kind.url}/:id`,
    needs,
    params,
    run(call) {
      const object = call.books.need(kind, call.path.id!)
      const before = { ...object }
      change(object, call.params)
      object.metadata = mergeMetadata(object.metadata, call.params.metadata)
      emit(call, event, object as Subject<never>, before as Subject<never>)
      return object
    },
  })

/** `DELETE <url>/:id` → `{id, object, deleted: true}`. */
export const deleting = <T extends { id: string; object: string }, Note>(
  kind: Collection<T, Note>,
  needs: Permission,
  gone: (call: Call<unknown>, object: T) => void = () => {},
): Operation<unknown> =>
  operation<unknown>({
    method: 'DELETE',
    path: `${kind.url}/:id`,
    needs,
    params: {},
    run(call) {
      const found = call.books.of(kind).find(call.path.id!)
      if (!found) throw missing(kind.noun, call.path.id!)
      call.books.of(kind).remove(found.id)
      gone(call, found)
      return { id: found.id, object: found.object, deleted: true }
    },
  })
