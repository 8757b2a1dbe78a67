import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { firstIdAt } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import type { Store } from '../stores/table.ts'

export type Step = 'day' | 'week' | 'month'

/** What happened in one step of time (its first day, UTC) and one currency, in minor units. */
export type Figure = {
  step: string
  currency: string
  /** Of the orders paid in it: how many, their sum, and what of that was given back since. */
  orders: number
  gross: number
  refunded: number
  /** Of the checkouts opened in it: how many, and how many of those were paid. */
  opened: number
  converted: number
}

/** How often attempts to pay were declined, by Stripe's code; null where it gave none. */
type Decline = { currency: string; code: string | null; times: number }

/** How a store did since a moment, in one mode: all currencies, steps in which something happened, oldest first. */
export async function figuresOf(
  db: Database,
  store: Pick<Store, 'id'>,
  { mode, step, since }: { mode: Mode; step: Step; since: Date },
): Promise<Figure[]> {
  // Ids rise with time: the primary key leads to what was opened since, the index of paid orders to what was paid.
  const { rows } = await sql<Figure>`
    with happened as (
      select date_trunc(${step}, paid_at at time zone 'UTC') as at, currency, 1 as orders, amount as gross,
             amount_refunded as refunded, 0 as opened, 0 as converted
      from orders where store_id = ${store.id} and mode = ${mode} and paid_at >= ${since}
      union all
      select date_trunc(${step}, created_at at time zone 'UTC'), currency, 0, 0, 0, 1, (paid_at is not null)::int
      from orders
      where store_id = ${store.id} and mode = ${mode} and created_at >= ${since}
        and id >= ${firstIdAt(new Date(since.getTime() - 86_400_000))}::uuid
    )
    select to_char(at, 'YYYY-MM-DD') as step, currency, sum(orders)::int as orders, sum(gross)::bigint as gross,
           sum(refunded)::bigint as refunded, sum(opened)::int as opened, sum(converted)::int as converted
    from happened group by at, currency order by at, currency`.execute(db)
  return rows
}

/** Why attempts to pay were declined since a moment, the most frequent first. */
export async function declinesOf(
  db: Database,
  store: Pick<Store, 'id'>,
  { mode, since }: { mode: Mode; since: Date },
): Promise<Decline[]> {
  const { rows } = await sql<Decline>`
    select o.currency, coalesce(t.detail ->> 'decline_code', t.detail ->> 'code') as code, count(*)::int as times
    from order_timeline t
    join orders o on o.store_id = t.store_id and o.id = t.order_id
    where t.store_id = ${store.id} and t.status = 'failed' and t.at >= ${since} and o.mode = ${mode}
    group by 1, 2 order by 3 desc, 2`.execute(db)
  return rows
}
