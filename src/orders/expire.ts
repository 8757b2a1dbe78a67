import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { tellOf } from '../outbox/outbox.ts'

const BATCH = 500

/** After so many days without a key to ask Stripe with, an order is called expired anyway. */
const GIVEN_UP_AFTER = 30

/**
 * Expires the orders whose session is over and that have no open payment: nobody can pay them, so nobody has to be
 * asked. Those with one are left to the sweep, for a month; should Stripe say later that one of them was paid after
 * all, it is paid. Returns how many expired.
 */
export async function endUnpaidSessions(db: Database): Promise<number> {
  let expired = 0
  for (;;) {
    const { rows } = await sql`
      with over as (
        select o.store_id, o.id from orders o
        join checkout_sessions cs on cs.store_id = o.store_id and cs.order_id = o.id
        left join payments p on p.store_id = o.store_id and p.order_id = o.id and p.closed_at is null
        where o.status in ('pending', 'failed')
          and cs.expires_at < now() - case when p.id is null then interval '0' else make_interval(days => ${GIVEN_UP_AFTER}) end
        limit ${BATCH}
        for update of o skip locked
      ),
      ended as (
        update orders o set status = 'expired', updated_at = now()
        from over where o.store_id = over.store_id and o.id = over.id
        returning o.store_id, o.id
      ),
      closed as (
        update payments p set closed_at = now(), client_secret_box = null
        from ended where p.store_id = ended.store_id and p.order_id = ended.id and p.closed_at is null
      ),
      ${sql.raw(tellOf("select store_id, 'order.expired', id, null::text from ended"))}
      insert into order_timeline (store_id, order_id, status, source)
      select store_id, id, 'expired', 'sweeper' from ended
      returning order_id`.execute(db)
    expired += rows.length
    if (rows.length < BATCH) return expired
  }
}
