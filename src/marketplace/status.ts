import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { Problem } from '../lib/problem.ts'
import { activeConnection } from '../stores/connections.ts'
import { restConnection } from '../stores/rest.ts'
import type { Store } from '../stores/table.ts'
import { findAccount } from './accounts.ts'
import { askAccount } from './asking.ts'
import { platformOf } from './platform.ts'
import type { VendorStatus } from './schemas.ts'
import type { VendorAccount } from './table.ts'
import { findVendor } from './vendors.ts'

/**
 * How a vendor stands with Stripe now: asked when somebody wants to know, so that it is right without webhooks too.
 * When Stripe does not answer, what is known; `checked_at` says as of when. Throws NotFound.
 */
export async function vendorStatus(deps: Deps, store: Store, vendorId: string): Promise<VendorStatus> {
  await findVendor(deps.db, store, vendorId)
  return statusOf(vendorId, store.mode, await newestAccount(deps, store, vendorId))
}

async function newestAccount(deps: Deps, store: Store, vendorId: string) {
  const connection = await activeConnection(deps.db, store.id, store.mode)
  if (!connection) return undefined
  const platform = { connection, stripe: deps.stripe.clientFor(connection) }
  try {
    return await askAccount(deps, platform, vendorId)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return findAccount(deps.db, platform, vendorId)
  }
}

/** The same of a row, as it is known. */
function statusOf(vendorId: string, mode: Mode, account: VendorAccount | undefined): VendorStatus {
  const { charges_enabled = false, payouts_enabled = false, details_submitted = false } = account ?? {}
  const { requirements } = account ?? {}
  return {
    vendor_id: vendorId,
    mode,
    account_id: account?.account_id ?? null,
    connected: account?.account_id != null && charges_enabled && payouts_enabled,
    charges_enabled,
    payouts_enabled,
    details_submitted,
    requirements: {
      currently_due: requirements?.currently_due ?? [],
      past_due: requirements?.past_due ?? [],
      pending_verification: requirements?.pending_verification ?? [],
      disabled_reason: requirements?.disabled_reason ?? null,
    },
    checked_at: account?.found_at ?? null,
  }
}

/** How far a vendor has come. */
export type Standing = 'new' | 'unfinished' | 'review' | 'restricted' | 'connected'

export function standingOf(status: VendorStatus): Standing {
  const { currently_due, past_due } = status.requirements
  if (status.connected) return 'connected'
  if (!status.account_id) return 'new'
  if (!status.details_submitted) return 'unfinished'
  return currently_due.length + past_due.length > 0 ? 'restricted' : 'review'
}

/** A vendor as a notification shows it, by the id of its account's row. */
export async function toldVendor(db: Kysely<Tables>, storeId: string, id: string): Promise<VendorStatus> {
  const account = await db
    .selectFrom('vendor_accounts')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return statusOf(account.vendor_id, account.mode, account)
}

/** How long one run takes new work, in milliseconds. */
const SHIFT = 50_000

/** Asks about every account whose turn it is: what no webhook told. Several processes may do so at once. */
export async function checkVendors(deps: Deps): Promise<number> {
  const end = Date.now() + SHIFT
  let checked = 0
  for (; Date.now() < end; checked += 1) {
    const due = await takeAccount(deps.db)
    if (!due) break
    try {
      const platform = await platformOf(deps, due.store_id, due.mode)
      if (platform.connection.account_id === due.platform_id) await askAccount(deps, platform, due.vendor_id)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const connection = await activeConnection(deps.db, due.store_id, due.mode)
      if (connection) await restConnection(deps.db, connection)
    }
  }
  return checked
}

type Due = Pick<VendorAccount, 'store_id' | 'vendor_id' | 'mode' | 'platform_id'>

async function takeAccount(db: Database): Promise<Due | undefined> {
  const { rows } = await sql<Due>`
    with next as (
      select a.store_id, a.id from vendor_accounts a
      where a.account_id is not null and a.check_at <= now()
        and not exists (
          select from connections c where c.store_id = a.store_id and c.mode = a.mode and c.resting_until > now())
      order by a.check_at limit 1 for update skip locked
    )
    update vendor_accounts a set check_at = now() + interval '2 hours'
    from next where a.store_id = next.store_id and a.id = next.id
    returning a.store_id, a.vendor_id, a.mode, a.platform_id`.execute(db)
  return rows[0]
}
