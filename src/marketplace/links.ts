import { sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import { newId, newStoreToken, readStoreToken } from '../lib/ids.ts'
import { wantedRedirect } from '../lib/redirect.ts'
import { registeredEndpoint } from '../stores/endpoints.ts'
import { findStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import { ensureConnectEndpoint } from '../stores/upkeep.ts'
import { ask, ensureAccount, findAccount, OnboardingRefused } from './accounts.ts'
import { PATIENCE, platformOf } from './platform.ts'
import type { Vendor } from './table.ts'
import { findVendor, type ShownVendor } from './vendors.ts'

/** How long a link of ours works, in days: time for a vendor to read the mail and find the papers. */
const VALID_DAYS = 7

/**
 * A link to the onboarding of one vendor, for whoever the partner gives it to. It opens as often as need be: Stripe's
 * own links live for minutes and work once, so each press of its button asks Stripe for a fresh one. Throws NotFound,
 * and BadInput for a return_url that is not on the store's list.
 */
export async function createVendorLink(
  { db, config }: Deps,
  store: Store,
  vendorId: string,
  returnUrl: string | undefined,
  actor: Actor,
): Promise<{ url: string; expires_at: Date }> {
  const back = wantedRedirect(returnUrl, [...store.origins, config.publicUrl], config.production)
  const vendor = await findVendor(db, store, vendorId)
  const token = newStoreToken(store.id)
  const { expires_at } = await db.transaction().execute(async trx => {
    await record(trx, store.id, actor, 'vendor.onboarding_link_created', { vendor: vendor.name })
    return trx
      .insertInto('vendor_links')
      .values({
        store_id: store.id,
        id: newId(),
        digest: readStoreToken(token)!.digest,
        vendor_id: vendor.id,
        return_url: back ?? null,
        expires_at: sql<Date>`now() + make_interval(days => ${VALID_DAYS})`,
      })
      .returning('expires_at')
      .executeTakeFirstOrThrow()
  })
  return { url: linkUrl(config.publicUrl, token), expires_at }
}

const linkUrl = (publicUrl: string, token: string) => new URL(`/vendors/${token}`, publicUrl).href

export type VendorLink = { store: Store; vendor: ShownVendor; return_url: string | null }

/** What a link opens; undefined when there is none, or not any more. */
export async function findVendorLink({ db }: Deps, token: string): Promise<VendorLink | undefined> {
  const read = readStoreToken(token)
  if (!read) return undefined
  const link = await db
    .selectFrom('vendor_links')
    .select(['vendor_id', 'return_url'])
    .where('store_id', '=', read.store_id)
    .where('digest', '=', read.digest)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  const store = link && (await findStore(db, read.store_id))
  if (!store) return undefined
  return { store, vendor: await findVendor(db, store, link.vendor_id), return_url: link.return_url }
}

/**
 * A fresh link of Stripe's into the onboarding, with the account made first if there is none. `page` is ours: the one
 * the vendor comes back to, which below `/stripe` asks for the next link. Throws what `ensureAccount` throws.
 */
export async function startOnboarding(
  deps: Deps,
  store: Store,
  vendor: Vendor,
  page: string,
): Promise<string> {
  const account = await ensureAccount(deps, store, vendor)
  const platform = await platformOf(deps, store.id, store.mode)
  if (!(await registeredEndpoint(deps.db, platform.connection, true)))
    await ensureConnectEndpoint(deps, platform.connection)
  const { url } = await ask(deps, platform, () =>
    platform.stripe.accountLinks.create(
      {
        account,
        type: 'account_onboarding',
        refresh_url: `${page}/stripe`,
        return_url: page,
        collection_options: { fields: 'eventually_due' },
      },
      PATIENCE,
    ),
  )
  return url
}

/** A link into the vendor's own dashboard at Stripe, once. Throws OnboardingRefused and what `platformOf` throws. */
export async function dashboardLink(deps: Deps, store: Store, vendorId: string): Promise<string> {
  const platform = await platformOf(deps, store.id, store.mode)
  const account = await findAccount(deps.db, platform, vendorId)
  if (!account?.account_id || !account.details_submitted) {
    throw new OnboardingRefused('The dashboard opens once the onboarding is done.')
  }
  const { account_id } = account
  const { url } = await ask(deps, platform, () =>
    platform.stripe.accounts.createLoginLink(account_id, {}, PATIENCE),
  )
  return url
}
