import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { codeOf } from '../stripe/errors.ts'
import { findAccount } from './accounts.ts'
import { keepAccount } from './found.ts'
import { PATIENCE, type Platform, refusalOf } from './platform.ts'

/** Asks Stripe how a vendor's account stands. Undefined when it has none. Throws what `refusalOf` does. */
export async function askAccount(deps: Deps, platform: Platform, vendorId: string) {
  const row = await findAccount(deps.db, platform, vendorId)
  if (!row?.account_id) return row
  const askedAt = new Date()
  try {
    const account = await platform.stripe.accounts.retrieve(row.account_id, {}, PATIENCE)
    await keepAccount(deps.db, platform.connection, account, askedAt)
  } catch (error) {
    const failure = await refusalOf(deps, platform.connection, error)
    // It was deleted, or has left the platform: nothing can be paid to it any more.
    if (failure !== 'refused' && codeOf(error) !== 'account_invalid') return row
    await keepAccount(deps.db, platform.connection, gone(row.account_id), askedAt)
  }
  return findAccount(deps.db, platform, vendorId)
}

const gone = (id: string) =>
  ({
    id,
    object: 'account',
    charges_enabled: false,
    payouts_enabled: false,
    details_submitted: false,
    requirements: { disabled_reason: 'account_gone' },
  }) as unknown as Stripe.Account
