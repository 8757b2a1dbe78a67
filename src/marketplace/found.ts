import type Stripe from 'stripe'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import { batchStatement, type Columns } from '../db/statement.ts'
import { turnsBy } from '../db/turns.ts'
import type { Mode } from '../lib/mode.ts'
import { tellOf } from '../outbox/outbox.ts'

type Requirements = {
  currently_due: string[]
  past_due: string[]
  pending_verification: string[]
  disabled_reason: string | null
}

/** How a vendor's account stands, whoever says so: an event, or Stripe when it is asked. */
export type AccountNews = {
  vendor_account: string
  charges_enabled: boolean
  payouts_enabled: boolean
  details_submitted: boolean
  requirements: Requirements
}

type AccountValues = AccountNews & {
  store_id: string
  mode: Mode
  /** The platform whose endpoint signed; null when it was asked itself. */
  account_id: string | null
  seen_at: Date
}

export const ACCOUNT_COLUMNS: Columns<AccountValues> = {
  store_id: 'uuid',
  mode: 'text',
  account_id: 'text',
  seen_at: 'timestamptz',
  vendor_account: 'text',
  charges_enabled: 'boolean',
  payouts_enabled: 'boolean',
  details_submitted: 'boolean',
  requirements: 'jsonb',
}

/** The values of news of an account, without what else an event brings. */
export const accountValues = ({
  vendor_account,
  charges_enabled,
  payouts_enabled,
  details_submitted,
  requirements,
}: AccountNews): AccountNews => ({
  vendor_account,
  charges_enabled,
  payouts_enabled,
  details_submitted,
  requirements,
})

const Names = z.array(z.string().max(500)).max(500).catch([])

// Endpoints made by hand send the account's own API version: only what all of them have, checked.
const AccountObject = z.object({
  id: z.string().max(250),
  object: z.literal('account'),
  charges_enabled: z.boolean(),
  payouts_enabled: z.boolean(),
  details_submitted: z.boolean(),
  requirements: z
    .object({
      currently_due: Names,
      past_due: Names,
      pending_verification: Names,
      disabled_reason: z.string().max(500).nullish(),
    })
    .nullish(),
})

/** Reads a connected account; undefined for anything else. */
export function accountNews(object: Record<string, unknown> | Stripe.Account): AccountNews | undefined {
  const { data } = AccountObject.safeParse(object)
  if (!data) return undefined
  const due = data.requirements
  return {
    vendor_account: data.id,
    charges_enabled: data.charges_enabled,
    payouts_enabled: data.payouts_enabled,
    details_submitted: data.details_submitted,
    requirements: {
      currently_due: due?.currently_due ?? [],
      past_due: due?.past_due ?? [],
      pending_verification: due?.pending_verification ?? [],
      disabled_reason: due?.disabled_reason ?? null,
    },
  }
}

/** Locks the vendors' accounts. The names are those of all verdicts (src/webhooks/settling.ts). */
export const JUDGE_ACCOUNT = `
  target as (
    select g.nr, known.*
    from given g cross join lateral (
      select a.id as vendor_account_id, a.found_at is null or a.found_at <= g.seen_at as is_newest,
             -- Of two words of one second only Stripe knows the newer one, unless it was just asked.
             g.account_id is not null and date_trunc('second', a.found_at) = date_trunc('second', g.seen_at) as unsure,
             case when a.platform_id <> coalesce(g.account_id, a.platform_id) then 'account' end as contradiction
      from vendor_accounts a
      where a.store_id = g.store_id and a.mode = g.mode and a.account_id = g.vendor_account
      for update
    ) known
  ),
  ${turnsBy('vendor_account_id')},
  verdict as (select * from turns where turn = 1)`

// How soon Stripe is asked again: while something is missing, often; of one that works, once a day.
const NEXT = `now() + case when seen.charges_enabled and seen.payouts_enabled then interval '1 day'
                           else interval '30 minutes' end`

/** Keeps how the accounts stand, and tells the partner when one can be paid now, or no longer, or has to do more. */
export const applyAccountWhen = (allowed: string) => `
  seen as (
    select v.is_newest, v.unsure, a.id, (a.charges_enabled, a.payouts_enabled, a.details_submitted, a.requirements)
             is distinct from (g.charges_enabled, g.payouts_enabled, g.details_submitted, g.requirements) as changes, g.*
    from verdict v
    join given g on g.nr = v.nr
    join vendor_accounts a on a.store_id = g.store_id and a.id = v.vendor_account_id
    where v.contradiction is null and (v.is_newest or v.unsure) and ${allowed}
  ),
  settled as (
    update vendor_accounts a
    set charges_enabled = case when seen.is_newest then seen.charges_enabled else a.charges_enabled end,
        payouts_enabled = case when seen.is_newest then seen.payouts_enabled else a.payouts_enabled end,
        details_submitted = case when seen.is_newest then seen.details_submitted else a.details_submitted end,
        requirements = case when seen.is_newest then seen.requirements else a.requirements end,
        found_at = greatest(a.found_at, seen.seen_at),
        check_at = case when seen.unsure and seen.changes then now() when seen.is_newest then ${NEXT} else a.check_at end,
        updated_at = now()
    from seen
    where a.store_id = seen.store_id and a.id = seen.id
    returning seen.nr, a.store_id, a.id, seen.is_newest and seen.changes as changes
  ),
  ${tellOf(`
    select store_id, 'vendor.updated', null::uuid, id::text from settled where changes`)}`

const keep = batchStatement<AccountValues, { id: string }>(
  'keep_vendor_account',
  ACCOUNT_COLUMNS,
  `${JUDGE_ACCOUNT}, ${applyAccountWhen('true')} select nr, vendor_account_id as id from verdict`,
)

/** Keeps what Stripe answered when it was asked, as of when. */
export async function keepAccount(
  db: Database,
  place: { store_id: string; mode: Mode },
  account: Stripe.Account,
  askedAt: Date,
): Promise<void> {
  const news = accountNews(account)
  if (!news) throw new Error('Stripe answered an account that is none')
  // Its clock ticks in seconds, so an event of this one may be older than what we saw, or newer: between the two.
  const seen_at = new Date(Math.floor(askedAt.getTime() / 1_000) * 1_000 + 500)
  await db.runEach(keep, [{ ...place, ...news, account_id: null, seen_at }])
}
