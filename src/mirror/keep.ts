import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import { type Answer, keepableText } from './ask.ts'
import { isName, KEEP_NEWEST } from './mirror.ts'
import { normalise, type StripeObject } from './normalise.ts'
import type { BadObject } from './table.ts'

/** Where objects belong; `account` is a connected one, or empty. */
export type Place = { store_id: string; mode: Mode; account: string }

type Values = Place & { objects: string; seen_at: Date; seen_until: Date }

const keepAll = statement<Values, never>(
  'keep_objects',
  `insert into stripe_objects as s
     (store_id, mode, account, type, id, object, seen_at, seen_until, deleted)
   select :store_id::uuid, :mode::text, :account::text, o ->> 'object', o ->> 'id', o,
          :seen_at::timestamptz, :seen_until::timestamptz, coalesce(o -> 'deleted' = 'true', false)
   from jsonb_array_elements(:objects::jsonb) o
   ${KEEP_NEWEST}`,
)

/**
 * Keeps what Stripe answered, all in one statement. When one object spoils it the others are kept by themselves;
 * answers those that could not be.
 */
export async function keepObjects(
  db: Database,
  place: Place,
  { body, from, until }: Answer<unknown[]>,
): Promise<BadObject[]> {
  const bad: BadObject[] = []
  const good = new Map<string, StripeObject>()
  for (const one of body) {
    const object = one as StripeObject | null
    if (typeof object !== 'object' || !isName(object?.object) || !isName(object.id)) {
      bad.push({ id: nameOf(object?.id), reason: 'no object with a type and an id' })
    } else good.set(`${object.object}/${object.id}`, normalise(object))
  }
  // In one order, whoever writes: two statements then never wait for each other.
  const objects = [...good].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
  const write = (some: StripeObject[]) =>
    db.run(keepAll, { ...place, objects: keepableText(some), seen_at: from, seen_until: until })

  try {
    if (objects.length > 0) await write(objects)
  } catch (error) {
    if (!isAboutData(error)) throw error
    for (const object of objects) {
      try {
        await write([object])
      } catch (reason) {
        if (!isAboutData(reason)) throw reason
        bad.push({ id: nameOf(object.id), reason: (reason as Error).message.slice(0, 200) })
      }
    }
  }
  return bad
}

/** Stripe has no such object any more: its last version stays, marked. */
export async function markDeleted(db: Database, place: Place, type: string, id: string): Promise<void> {
  await db
    .updateTable('stripe_objects')
    .set({ deleted: true, unsure: false, updated_at: new Date() })
    .where('store_id', '=', place.store_id)
    .where('mode', '=', place.mode)
    .where('account', '=', place.account)
    .where('type', '=', type)
    .where('id', '=', id)
    .execute()
}

const nameOf = (id: unknown): string | null => (typeof id === 'string' ? id.slice(0, 255) : null)

/** The values are at fault (too deep, no valid text, too long), not the database. */
const isAboutData = (error: unknown): boolean =>
  error instanceof RangeError || /^(22|23|54)/.test(String((error as { code?: unknown }).code ?? ''))
