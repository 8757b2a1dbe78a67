import { type Kysely, sql } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { newId } from '../lib/ids.ts'
import { type Listed, listed, type Part } from '../lib/listing.ts'
import type { Action, AuditDetail, AuditEntry } from './table.ts'

/** Who does something to a store: its owner, the partner, or we ourselves. */
export type Actor =
  | { kind: 'owner'; email: string }
  | { kind: 'partner'; partner_id: string }
  | { kind: 'service' }

/** Writes one line of the trail. Given the transaction of the change, both are kept or neither is. */
export async function record(
  db: Kysely<Tables>,
  storeId: string,
  actor: Actor,
  action: Action,
  detail: AuditDetail = {},
): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      store_id: storeId,
      id: newId(),
      actor_kind: actor.kind,
      actor: nameOf(actor),
      action,
      detail: JSON.stringify(detail),
    })
    .execute()
}

function nameOf(actor: Actor): string | null {
  if (actor.kind === 'owner') return actor.email
  return actor.kind === 'partner' ? actor.partner_id : null
}

/** The names of the fields of `change` that differ from what was there. */
export function changedFields(before: object, change: object): string[] {
  const was = before as Record<string, unknown>
  return Object.entries(change)
    .filter(([name, value]) => value !== undefined && JSON.stringify(was[name]) !== JSON.stringify(value))
    .map(([name]) => name)
}

export type Activity = AuditEntry & { partner_name: string | null }

const withPartner = (db: Kysely<Tables>) =>
  db
    .selectFrom('audit as a')
    .selectAll('a')
    .select(eb =>
      eb
        .selectFrom('partners as p')
        .select('p.name')
        .where(eb => eb(eb.cast<string>('p.id', 'text'), '=', eb.ref('a.actor')))
        .where('a.actor_kind', '=', 'partner')
        .as('partner_name'),
    )

/** The trail of a store, newest first, a page at a time. */
export async function listActivity(
  db: Kysely<Tables>,
  storeId: string,
  { cursor, limit = 50 }: Part = {},
): Promise<Listed<Activity>> {
  let query = withPartner(db)
    .where('a.store_id', '=', storeId)
    .orderBy('a.id', 'desc')
    .limit(limit + 1)
  if (cursor) query = query.where('a.id', '<', cursor)
  return listed(await query.execute(), limit)
}

/** What people did about one order, oldest first. */
export function activityOfOrder(db: Kysely<Tables>, storeId: string, orderId: string): Promise<Activity[]> {
  return withPartner(db)
    .where('a.store_id', '=', storeId)
    .where(sql<string>`a.detail ->> 'order_id'`, '=', orderId)
    .where(sql<boolean>`a.detail ? 'order_id'`)
    .orderBy('a.id')
    .execute()
}
