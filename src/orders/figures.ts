import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Store } from '../stores/table.ts'

/** What was paid on one day (UTC), in minor units of the store's currency, refunds of those orders taken off. */
export type Takings = { day: string; amount: number; orders: number }

/** The takings of the last days in the store's mode, oldest first, days without any among them. */
export async function dailyTakings(db: Database, store: Store, days: number): Promise<Takings[]> {
  const { rows } = await sql<Takings>`
    select to_char(d.day, 'YYYY-MM-DD') as day,
           coalesce(sum(o.amount - o.amount_refunded), 0)::bigint as amount, count(o.id)::int as orders
    from generate_series(
      date_trunc('day', now() at time zone 'UTC') - make_interval(days => ${days - 1}::int),
      date_trunc('day', now() at time zone 'UTC'), interval '1 day') as d(day)
    left join orders o on o.store_id = ${store.id} and o.mode = ${store.mode} and o.currency = ${store.currency}
      and o.paid_at >= d.day at time zone 'UTC' and o.paid_at < (d.day + interval '1 day') at time zone 'UTC'
    group by d.day order by d.day`.execute(db)
  return rows
}
