import type { Columns } from '../db/statement.ts'
import { cutShort, KINDS } from './kinds.ts'
import { normalise, type StripeObject } from './normalise.ts'

export type MirrorValues = {
  /** The connected account the object lives in; empty for the store's own. */
  object_account: string
  object_type: string | null
  object_id: string | null
  object_at: Date
  deleted: boolean
  /** Whether Stripe must be, because it cut a list short. */
  incomplete: boolean
}

export const MIRROR_COLUMNS: Columns<MirrorValues> = {
  object_account: 'text',
  object_type: 'text',
  object_id: 'text',
  object_at: 'timestamptz',
  deleted: 'boolean',
  incomplete: 'boolean',
}

// From when to when a version is known to hold.
const until = (row: string) => `greatest(${row}.seen_at, ${row}.seen_until)`

// The kinds that Stripe can be asked for once more.
const FETCHABLE = KINDS.map(({ type }) => `'${type}'`).join(', ')

/** Neither is wholly before the other: of these two only Stripe knows the newer one. */
const OVERLAP = `excluded.seen_at <= ${until('s')}`

/**
 * What becomes of a version when the mirror has one already. The newer one stays. Of two that may be of one moment
 * the later arrival stays, and where they differ Stripe is asked again (refetch.ts), if it can be. What Stripe says of
 * a deleted object is no more than that: then the last version stays, marked.
 */
export const KEEP_NEWEST = `
  on conflict (store_id, type, id, mode, account) do update
  set object = case when excluded.deleted and excluded.object @> '{"deleted": true}' then s.object
                    else excluded.object end,
      deleted = excluded.deleted or (s.deleted and ${OVERLAP}),
      unsure = excluded.unsure or (${OVERLAP} and (s.unsure or (excluded.type in (${FETCHABLE})
                 and (excluded.deleted <> s.deleted or excluded.object <> s.object)))),
      seen_at = greatest(excluded.seen_at, s.seen_at),
      seen_until = greatest(excluded.seen_until, s.seen_until),
      updated_at = now()
  where ${until('excluded')} >= s.seen_at`

/**
 * Part of a batch statement: keeps the object in the payload of each event of `fresh` as the newest version, unless a
 * newer one is there.
 */
export const MIRROR_OBJECTS = `
  mirrored as (
    insert into stripe_objects as s
      (store_id, mode, account, type, id, object, seen_at, deleted, unsure)
    select store_id, mode, object_account, object_type, object_id, payload #> '{data,object}', object_at, deleted,
           incomplete
    from fresh
    where object_id is not null
    ${KEEP_NEWEST}
  )`

/** Where within its second an event stands, in milliseconds, as far as its type tells: Stripe's clock shows seconds. */
const PLACES: Readonly<Record<string, number>> = {
  'payment_intent.succeeded': 800,
  'payment_intent.canceled': 800,
}

/** What an event, of any kind, has for the mirror. Its object is normalised in place. */
export function mirrorValues(event: {
  type: string
  created: number
  account?: string | null | undefined
  data: { object: StripeObject }
}): MirrorValues {
  const { object } = event.data
  const named = isName(object.object) && isName(object.id)
  normalise(object)
  return {
    object_account: event.account ?? '',
    object_type: named ? String(object.object) : null,
    object_id: named ? String(object.id) : null,
    object_at: new Date(event.created * 1_000 + placeOf(event.type)),
    deleted: object.deleted === true || isDeletion(event.type),
    incomplete: cutShort(object) !== undefined,
  }
}

// Nothing happens to an object before it is created.
const placeOf = (type: string): number =>
  type.endsWith('.created') ? 0 : Object.hasOwn(PLACES, type) ? PLACES[type]! : 500

// The event that a subscription ended is called so too; it can still be read at Stripe.
const isDeletion = (type: string): boolean =>
  type.endsWith('.deleted') && type !== 'customer.subscription.deleted'

/** A kind or an id as Stripe gives them: longer than 255 is neither, and would not fit an index. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 255
