import type Stripe from 'stripe'
import { z } from 'zod'
import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import { tellOf } from '../outbox/outbox.ts'

/** How a vendor's account stands, whoever says so: an event, or Stripe when it is asked. */
export type AccountNews = {
  vendor_account: string
  charges_enabled: boolean
  payouts_enabled: boolean
  details_submitted: boolean
  requirements: string
}

export type AccountValues = AccountNews & {
  store_id: string
  mode: Mode
  /** The platform whose endpoint signed; null when it was asked itself. */
  account_id: string | null
  seen_at: Date
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
    requirements: JSON.stringify({
      currently_due: due?.currently_due ?? [],
      past_due: due?.past_due ?? [],
      pending_verification: due?.pending_verification ?? [],
      disabled_reason: due?.disabled_reason ?? null,
    }),
  }
}

/** Locks the vendor's account. The names are those of all verdicts (src/webhooks/settling.ts). */
export const JUDGE_ACCOUNT = `
  verdict as (
    select a.id as payment_id, a.found_at is null or a.found_at <= :seen_at::timestamptz as is_newest,
           -- Of two words of one second only Stripe knows the newer one, unless it was just asked.
           :account_id::text is not null
             and date_trunc('second', a.found_at) = date_trunc('second', :seen_at::timestamptz) as unsure,
           case when a.platform_id <> coalesce(:account_id::text, a.platform_id) then 'account' end as contradiction
    from vendor_accounts a
    where a.store_id = :store_id::uuid and a.mode = :mode::text and a.account_id = :vendor_account::text
    for update
  )`

// How soon Stripe is asked again: while something is missing, often; of one that works, once a day.
const NEXT = `now() + case when :charges_enabled::boolean and :payouts_enabled::boolean then interval '1 day'
                           else interval '30 minutes' end`

/** Keeps how the account stands, and tells the partner when it can be paid now, or no longer, or has to do more. */
export const applyAccountWhen = (allowed: string) => `
  seen as (
    select a.id, v.is_newest, v.unsure, (a.charges_enabled, a.payouts_enabled, a.details_submitted, a.requirements)
             is distinct from (:charges_enabled::boolean, :payouts_enabled::boolean, :details_submitted::boolean,
                               :requirements::jsonb) as changes
    from vendor_accounts a join verdict v on v.payment_id = a.id
    where a.store_id = :store_id::uuid and v.contradiction is null and (v.is_newest or v.unsure) and ${allowed}
  ),
  settled as (
    update vendor_accounts a
    set (charges_enabled, payouts_enabled, details_submitted, requirements) = (
          select :charges_enabled::boolean, :payouts_enabled::boolean, :details_submitted::boolean, :requirements::jsonb
          where seen.is_newest
          union all
          select a.charges_enabled, a.payouts_enabled, a.details_submitted, a.requirements where not seen.is_newest),
        found_at = greatest(a.found_at, :seen_at::timestamptz),
        check_at = case when seen.unsure and seen.changes then now() when seen.is_newest then ${NEXT} else a.check_at end,
        updated_at = now()
    from seen
    where a.store_id = :store_id::uuid and a.id = seen.id
    returning a.id, seen.is_newest and seen.changes as changes
  ),
  ${tellOf(`
    select :store_id::uuid, 'vendor.updated', null::uuid, id::text from settled where changes`)}`

const keep = statement<AccountValues, { id: string }>(
  'keep_vendor_account',
  `with ${JUDGE_ACCOUNT}, ${applyAccountWhen('true')} select payment_id as id from verdict`,
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
  await db.run(keep, { ...place, ...news, account_id: null, seen_at })
}
