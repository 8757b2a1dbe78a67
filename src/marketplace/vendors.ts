import { type Kysely, sql } from 'kysely'
import { type Actor, changedFields, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { type Listed, listed, type Part } from '../lib/listing.ts'
import { NotFound } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { adoptAccount, provenAccount } from './adopt.ts'
import type { VendorInput } from './schemas.ts'
import type { Vendor } from './table.ts'

/** A vendor with how it stands with Stripe, in the mode and under the account that take the store's payments. */
export type ShownVendor = Vendor & {
  stripe_account: string | null
  connected: boolean
  details_submitted: boolean | null
}

// Several platforms may have had the vendor: what counts is the one whose keys take payments now.
const vendors = (db: Kysely<Tables>, store: Pick<Store, 'id' | 'mode'>) =>
  db
    .selectFrom('vendors as v')
    .leftJoin('connections as c', join =>
      join
        .onRef('c.store_id', '=', 'v.store_id')
        .on('c.mode', '=', store.mode)
        .on('c.state', 'in', ['active', 'invalid']),
    )
    .leftJoin('vendor_accounts as a', join =>
      join
        .onRef('a.store_id', '=', 'v.store_id')
        .onRef('a.vendor_id', '=', 'v.id')
        .onRef('a.mode', '=', 'c.mode')
        .onRef('a.platform_id', '=', 'c.account_id'),
    )
    .where('v.store_id', '=', store.id)
    .selectAll('v')
    .select([
      'a.account_id as stripe_account',
      'a.details_submitted',
      sql<boolean>`coalesce(a.account_id is not null and a.charges_enabled and a.payouts_enabled, false)`.as(
        'connected',
      ),
    ])

/** Throws NotFound, for another store's vendor too. */
export async function findVendor(
  db: Kysely<Tables>,
  store: Pick<Store, 'id' | 'mode'>,
  id: string,
): Promise<ShownVendor> {
  const vendor = await vendors(db, store).where('v.id', '=', id).executeTakeFirst()
  if (!vendor) throw new NotFound('There is no such vendor.')
  return vendor
}

export async function isVendor(db: Database, store: Store, id: string): Promise<boolean> {
  return (await vendors(db, store).where('v.id', '=', id).executeTakeFirst()) !== undefined
}

/** The names of the vendors of a split, by id. */
export async function vendorNames(
  db: Kysely<Tables>,
  store: Pick<Store, 'id'>,
  { vendors }: { vendors: { vendor_id: string }[] },
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('vendors')
    .select(['id', 'name'])
    .where('store_id', '=', store.id)
    .where(
      'id',
      'in',
      vendors.map(({ vendor_id }) => vendor_id),
    )
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** All vendors of a store by name, for whoever picks one. */
export const vendorChoices = (
  db: Kysely<Tables>,
  store: Pick<Store, 'id'>,
): Promise<{ id: string; name: string }[]> =>
  db
    .selectFrom('vendors')
    .select(['id', 'name'])
    .where('store_id', '=', store.id)
    .orderBy('name')
    .orderBy('id')
    .execute()

/** A store's vendors by id, a page at a time. */
export async function listVendors(
  db: Database,
  store: Store,
  { cursor, limit = 50 }: Part = {},
): Promise<Listed<ShownVendor>> {
  let query = vendors(db, store)
    .orderBy('v.id')
    .limit(limit + 1)
  if (cursor) query = query.where('v.id', '>', cursor)
  return listed(await query.execute(), limit)
}

/**
 * Creates or replaces a vendor; orders keep the commission they were made with. A Stripe account that is named is
 * looked up first: it must be one of the platform's. Throws BadInput, StoreNotConnected and Unavailable for that.
 */
export async function saveVendor(
  deps: Deps,
  store: Store,
  id: string,
  { stripe_account, ...input }: VendorInput,
  actor: Actor,
): Promise<ShownVendor> {
  const account = stripe_account === undefined ? undefined : await provenAccount(deps, store, stripe_account)
  const row = {
    ...input,
    business_type: input.business_type ?? null,
    commission_bps: input.commission_bps ?? null,
  }
  return deps.db.transaction().execute(async trx => {
    const before = await trx
      .selectFrom('vendors')
      .selectAll()
      .where('store_id', '=', store.id)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    const fields = before && changedFields(before, row)
    if (!before || fields?.length) {
      const detail = { id, name: row.name, ...(fields && { fields }) }
      await record(trx, store.id, actor, before ? 'vendor.changed' : 'vendor.created', detail)
      await trx
        .insertInto('vendors')
        .values({ store_id: store.id, id, ...row })
        .onConflict(conflict =>
          conflict.columns(['store_id', 'id']).doUpdateSet({ ...row, updated_at: sql`now()` }),
        )
        .execute()
    }
    if (account) await adoptAccount(trx, store, id, account)
    return findVendor(trx, store, id)
  })
}
