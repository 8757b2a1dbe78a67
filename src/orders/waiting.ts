import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'

/** Waits between questions about one payment: the first, doubled each time, and the longest, in seconds. */
const FIRST = 120
const LONGEST = 6 * 3_600

/** An open payment whose turn it is. */
export type DuePayment = {
  store_id: string
  id: string
  order_id: string
  mode: Mode
  /** Stripe has answered: there is something to ask about. */
  known: boolean
  /** The checkout session's time is over. */
  over: boolean
}

/**
 * Takes the open payment that has waited longest for a question, of any store but the `busy` ones and those whose
 * Stripe is left alone. Whoever takes it also says when it is asked about again (never later than its session
 * ends), so that instances share the work and one that dies only delays it.
 */
export async function takePayment(db: Database, busy: string[]): Promise<DuePayment | undefined> {
  const { rows } = await sql<DuePayment>`
    with next as (
      select store_id, id from payments p
      where closed_at is null and ask_at <= now() and store_id <> all (${busy}::uuid[])
        and not exists (
          select from connections c
          where c.store_id = p.store_id and c.mode = p.mode and c.resting_until > now())
      order by ask_at
      limit 1
      for update skip locked
    )
    update payments p
    set asked = p.asked + 1,
        ask_at = least(
          now() + make_interval(secs => least(${FIRST} * 2.0 ^ least(p.asked, 20), ${LONGEST})),
          case when cs.expires_at > now() then cs.expires_at + interval '1 second' end)
    from next, checkout_sessions cs
    where p.store_id = next.store_id and p.id = next.id
      and cs.store_id = p.store_id and cs.order_id = p.order_id
    returning p.store_id, p.id, p.order_id, p.mode,
      coalesce(p.payment_intent, p.stripe_session) is not null as known, cs.expires_at <= now() as over`.execute(
    db,
  )
  return rows[0]
}

/** There is no key to ask with: another look in ten minutes, whatever the backoff says. */
export async function postponePayment(db: Database, payment: DuePayment): Promise<void> {
  await db
    .updateTable('payments')
    .set({ ask_at: sql<Date>`now() + interval '10 minutes'` })
    .where('store_id', '=', payment.store_id)
    .where('id', '=', payment.id)
    .execute()
}

/**
 * Stripe is left alone for this store (src/stores/rest.ts): its payments step aside until then, so that nobody has
 * to look past them, and this question, which got no answer, does not count.
 */
export async function postponeStore(db: Database, payment: DuePayment): Promise<void> {
  await sql`
    with rest as (
      select max(resting_until) as until from connections
      where store_id = ${payment.store_id}::uuid and mode = ${payment.mode} and resting_until > now()
      having max(resting_until) is not null
    ),
    due as (
      select p.store_id, p.id from payments p, rest
      where p.store_id = ${payment.store_id}::uuid and p.mode = ${payment.mode} and p.closed_at is null
        and (p.ask_at < rest.until or p.id = ${payment.id}::uuid)
      for update of p skip locked
    )
    update payments p
    set ask_at = rest.until, asked = p.asked - (p.id = ${payment.id}::uuid)::int
    from due, rest
    where p.store_id = due.store_id and p.id = due.id`.execute(db)
}
