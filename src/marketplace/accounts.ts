import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { newId } from '../lib/ids.ts'
import { problem, Unavailable } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { isKept } from '../stripe/errors.ts'
import { keepAccount } from './found.ts'
import { PATIENCE, type Platform, platformOf, refusalOf } from './platform.ts'
import type { Vendor, VendorAccount } from './table.ts'

export const OnboardingRefused = problem('onboarding-refused', 409, 'Stripe refused the onboarding')

/** Accounts that are looked through for one whose making we did not hear of. */
const MOST = 10_000

/** The vendor's account under the platform that takes payments now, if there is one. */
export async function findAccount(
  db: Database,
  platform: Platform,
  vendorId: string,
): Promise<VendorAccount | undefined> {
  const { store_id, mode, account_id } = platform.connection
  return db
    .selectFrom('vendor_accounts')
    .selectAll()
    .where('store_id', '=', store_id)
    .where('vendor_id', '=', vendorId)
    .where('mode', '=', mode)
    .where('platform_id', '=', account_id)
    .executeTakeFirst()
}

/**
 * The vendor's Express account, made now if there is none. One is made at most: our row is written down first, and
 * its id is Stripe's idempotency key; an answer that never came is looked for before another is asked for, and an
 * error while looking ends it there. Throws StoreNotConnected, OnboardingRefused and Unavailable.
 */
export async function ensureAccount(deps: Deps, store: Store, vendor: Vendor): Promise<string> {
  const platform = await platformOf(deps, store.id, store.mode)
  const row = await writeDown(deps.db, platform, vendor)
  if (row.account_id) return row.account_id
  const askedAt = new Date()
  const account = await ask(deps, platform, async () => {
    const lost = row.asked_at && (await lostAccount(platform, row))
    if (lost) return lost
    await noteAsked(deps.db, row)
    return create(deps.db, platform, row, vendor)
  })
  await deps.db
    .updateTable('vendor_accounts')
    .set({ account_id: account.id, updated_at: sql`now()` })
    .where('store_id', '=', row.store_id)
    .where('id', '=', row.id)
    .where('account_id', 'is', null)
    .execute()
  await keepAccount(deps.db, platform.connection, account, askedAt)
  return account.id
}

/** Throws OnboardingRefused where Stripe does, with the Problems of `refusalOf`. */
export async function ask<Answer>(
  deps: Deps,
  platform: Platform,
  call: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    const failure = await refusalOf(deps, platform.connection, error)
    throw new OnboardingRefused(
      failure === 'missing_permission'
        ? 'The Stripe key of the store lacks the permission “Connect”.'
        : 'Look whether Connect is set up in the Stripe dashboard of the store, and the country is right.',
    )
  }
}

async function writeDown(db: Database, { connection }: Platform, vendor: Vendor): Promise<VendorAccount> {
  const { store_id, mode, account_id: platform_id } = connection
  return db
    .insertInto('vendor_accounts')
    .values({
      store_id,
      id: newId(),
      vendor_id: vendor.id,
      mode,
      platform_id,
      account_id: null,
      asked_at: null,
      found_at: null,
      requirements: '{}',
    })
    .onConflict(conflict =>
      conflict
        .columns(['store_id', 'vendor_id', 'mode', 'platform_id'])
        .doUpdateSet({ updated_at: sql`now()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

async function noteAsked(db: Database, row: VendorAccount): Promise<void> {
  await db
    .updateTable('vendor_accounts')
    .set({ asked_at: sql<Date>`coalesce(asked_at, now())` })
    .where('store_id', '=', row.store_id)
    .where('id', '=', row.id)
    .execute()
}

async function create(db: Database, { stripe }: Platform, row: VendorAccount, vendor: Vendor) {
  try {
    return await stripe.accounts.create(paramsOf(row, vendor), { idempotencyKey: row.id, ...PATIENCE })
  } catch (error) {
    // Stripe would repeat this answer for a day: the next try looks whether there is an account, and has another key.
    if (isKept(error)) {
      await db
        .updateTable('vendor_accounts')
        .set({ id: newId() })
        .where('store_id', '=', row.store_id)
        .where('id', '=', row.id)
        .execute()
    }
    throw error
  }
}

const paramsOf = (row: VendorAccount, vendor: Vendor): Stripe.AccountCreateParams => ({
  type: 'express',
  country: vendor.country,
  email: vendor.email,
  ...(vendor.business_type ? { business_type: vendor.business_type } : {}),
  business_profile: { name: vendor.name },
  capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  metadata: { vendor_id: vendor.id, store_id: row.store_id },
})

/** Stripe forgets idempotency keys after a day, but not the account: it names the vendor. */
async function lostAccount({ stripe }: Platform, row: VendorAccount): Promise<Stripe.Account | undefined> {
  // An hour for clocks that differ.
  const gte = Math.floor(row.asked_at!.getTime() / 1_000) - 3_600
  const list = stripe.accounts.list({ created: { gte }, limit: 100 }, PATIENCE)
  let seen = 0
  for await (const account of list) {
    const { vendor_id, store_id } = account.metadata ?? {}
    if (vendor_id === row.vendor_id && store_id === row.store_id) return account
    seen += 1
    if (seen === MOST) throw new Unavailable('There are too many accounts to look through.')
  }
  return undefined
}
