import { sql, type Transaction } from 'kysely'
import type Stripe from 'stripe'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { newId } from '../lib/ids.ts'
import { BadInput } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { accountNews } from './found.ts'
import { platformOf, refusalOf } from './platform.ts'

/** An account that Stripe showed us, and under which platform and when. */
type ProvenAccount = { platform_id: string; account: Stripe.Account; asked_at: Date }

/**
 * Looks up an account that a vendor is said to have: only the platform's own keys see its accounts, so one of another
 * platform is refused like one that does not exist. Throws BadInput, StoreNotConnected and Unavailable.
 */
export async function provenAccount(deps: Deps, store: Store, accountId: string): Promise<ProvenAccount> {
  const { connection, stripe } = await platformOf(deps, store.id, store.mode)
  const asked_at = new Date()
  const refuse = (detail: string) => new BadInput({ errors: [{ pointer: '/stripe_account', detail }] })
  if (accountId === connection.account_id) throw refuse("is the store's own account, not one under it")
  try {
    return {
      platform_id: connection.account_id,
      account: await stripe.accounts.retrieve(accountId),
      asked_at,
    }
  } catch (error) {
    if (['refused', 'missing_permission'].includes(await refusalOf(deps, connection, error))) {
      throw refuse("is not an account under the store's own, or the key lacks the permission “Connect”")
    }
    throw error
  }
}

/** Makes it the vendor's account under this platform, in place of one it had. */
export async function adoptAccount(
  trx: Transaction<Tables>,
  store: Store,
  vendorId: string,
  { platform_id, account, asked_at }: ProvenAccount,
): Promise<void> {
  const { vendor_account: account_id, ...news } = accountNews(account)!
  const found = {
    ...news,
    requirements: JSON.stringify(news.requirements),
    account_id,
    found_at: asked_at,
    check_at: sql<Date>`now() + interval '30 minutes'`,
  }
  await trx
    .insertInto('vendor_accounts')
    .values({
      store_id: store.id,
      id: newId(),
      vendor_id: vendorId,
      mode: store.mode,
      platform_id,
      asked_at,
      ...found,
    })
    .onConflict(conflict =>
      conflict
        .columns(['store_id', 'vendor_id', 'mode', 'platform_id'])
        .doUpdateSet({ ...found, updated_at: sql`now()` }),
    )
    .execute()
}
