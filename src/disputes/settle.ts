import { z } from 'zod'
import type { Columns } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import { applyDispute, lockPaid } from '../orders/after.ts'
import type { Source } from '../orders/table.ts'

/** A dispute as an event shows it. */
export type DisputeNews = {
  payment_intent: string
  id: string
  amount: number
  currency: string
  reason: string
  status: string
  due_by: Date | null
  created_at: Date
  funds: 'withdrawn' | 'reinstated' | null
}

type DisputeValues = {
  store_id: string
  mode: Mode
  payment_intent: string | null
  account_id: string | null
  seen_at: Date
  source: Source
  event_id: string | null
  dispute: string
  amount: number
  currency: string
  reason: string
  status: string
  due_by: Date | null
  opened_at: Date
  funds: 'withdrawn' | 'reinstated' | null
}

export const DISPUTE_COLUMNS: Columns<DisputeValues> = {
  store_id: 'uuid',
  mode: 'text',
  payment_intent: 'text',
  account_id: 'text',
  seen_at: 'timestamptz',
  source: 'text',
  event_id: 'text',
  dispute: 'text',
  amount: 'bigint',
  currency: 'text',
  reason: 'text',
  status: 'text',
  due_by: 'timestamptz',
  opened_at: 'timestamptz',
  funds: 'text',
}

// Only what every API version has, checked: whoever knows the signing secret can sign anything.
const DisputeObject = z.object({
  id: z.string().max(250),
  object: z.literal('dispute'),
  payment_intent: z.string(),
  amount: z.int().min(0),
  currency: z.string().max(3),
  reason: z.string().max(250),
  status: z.string().max(250),
  created: z.int().min(0).max(99_999_999_999),
  evidence_details: z.object({ due_by: z.int().min(0).max(99_999_999_999).nullish() }).nullish(),
})

/** Reads a dispute of an event of this type; undefined for anything else. */
export function disputeNews(object: unknown, type: string): DisputeNews | undefined {
  const { data: dispute } = DisputeObject.safeParse(object)
  if (!dispute) return undefined
  const due = dispute.evidence_details?.due_by
  const funds = /\.funds_(withdrawn|reinstated)$/.exec(type)?.[1] as 'withdrawn' | 'reinstated' | undefined
  return {
    payment_intent: dispute.payment_intent,
    id: dispute.id,
    amount: dispute.amount,
    currency: dispute.currency,
    reason: dispute.reason,
    status: dispute.status,
    due_by: due ? new Date(due * 1_000) : null,
    created_at: new Date(dispute.created * 1_000),
    funds: funds ?? null,
  }
}

export const disputeValues = ({ id, created_at, ...news }: DisputeNews) => ({
  ...news,
  dispute: id,
  opened_at: created_at,
})

// Of one second, what comes later in a dispute's life counts.
const RANK = `array['warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response',
                    'under_review', 'prevented', 'lost', 'won']`
const rank = (status: string) => `coalesce(array_position(${RANK}, ${status}), 0)`

/** Locks the orders and the payments that the disputes are about. */
export const JUDGE_DISPUTE = lockPaid(`when g.currency <> p.currency then 'currency'`)

/** Keeps the dispute where `allowed` (SQL) holds and nothing contradicts: the newest state of it, by Stripe's clock. */
export const applyDisputeWhen = (allowed: string) => `
  changed as (
    insert into disputes as d (store_id, id, order_id, payment_id, amount, currency, reason, status, due_by, found_at,
                               funds_withdrawn_at, funds_reinstated_at, created_at)
    select g.store_id, g.dispute, v.order_id, v.payment_id, g.amount, g.currency, g.reason, g.status, g.due_by,
           g.seen_at, case when g.funds = 'withdrawn' then g.seen_at end,
           case when g.funds = 'reinstated' then g.seen_at end, g.opened_at
    from verdict v join given g on g.nr = v.nr
    where v.contradiction is null and ${allowed}
    on conflict (store_id, id) do update
    set previous_status = d.status,
        (amount, reason, status, due_by, found_at) = (
          select amount, reason, status, due_by, found_at
          from (values (excluded.amount, excluded.reason, excluded.status, excluded.due_by, excluded.found_at),
                       (d.amount, d.reason, d.status, d.due_by, d.found_at))
               as known (amount, reason, status, due_by, found_at)
          order by found_at desc, ${rank('status')} desc limit 1),
        funds_withdrawn_at = coalesce(d.funds_withdrawn_at, excluded.funds_withdrawn_at),
        funds_reinstated_at = coalesce(d.funds_reinstated_at, excluded.funds_reinstated_at)
    returning d.id, d.order_id, d.status, d.previous_status
  ),
  ${applyDispute}`
