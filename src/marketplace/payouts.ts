import { type Kysely, sql } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { formatMoney } from '../lib/money.ts'
import { NotFound, problem } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'

export const PayoutChanged = problem('payout-changed', 409, 'What is due has changed')

/** What a vendor is to be paid by hand of one order. Minor units; a negative `due` is what it has to give back. */
export type Payout = {
  id: string
  order_id: string
  confirmation_code: string
  reference: string | null
  vendor_id: string
  vendor_name: string
  currency: string
  /** Its share, what of it was given back, and what was paid out by hand so far. */
  amount: number
  refunded: number
  settled_amount: number
  due: number
  settled_at: Date | null
  note: string | null
  paid_at: Date
}

// By hand is paid what Stripe could not pay, and what it took back of a refund that failed after all.
const DUE = `
  (case when s.way = 'manual_payout' then s.amount - coalesce(r.given, 0) else coalesce(r.undone, 0) end)
  - s.settled_amount`
const GIVEN = `
  select sum(amount) filter (where state <> 'undone')::bigint as given,
         sum(amount) filter (where state = 'undone' and reversed > 0)::bigint as undone
  from share_refunds sr where sr.store_id = s.store_id and sr.share_id = s.id`

const payouts = (db: Kysely<Tables>, store: Pick<Store, 'id' | 'mode'>, more = sql`true`) =>
  sql<Payout>`
  select s.id, s.order_id, o.confirmation_code, o.reference, s.vendor_id, v.name as vendor_name, s.currency, s.amount,
         coalesce(r.given, 0) as refunded, s.settled_amount, ${sql.raw(DUE)} as due, s.settled_at, s.note, s.paid_at
  from shares s
  join orders o on o.store_id = s.store_id and o.id = s.order_id
  join vendors v on v.store_id = s.store_id and v.id = s.vendor_id
  left join lateral (${sql.raw(GIVEN)}) r on true
  where s.store_id = ${store.id}::uuid and s.mode = ${store.mode}
    and (s.way = 'manual_payout' or r.undone > 0) and ${more}
  order by s.paid_at, s.id
  limit 1000`.execute(db)

/** What is to be paid by hand, oldest first; with `vendor`, to this one. `settled`: what was paid already instead. */
export async function listPayouts(
  db: Database,
  store: Pick<Store, 'id' | 'mode'>,
  { vendor, settled = false }: { vendor?: string | undefined; settled?: boolean } = {},
): Promise<Payout[]> {
  const ofVendor = vendor === undefined ? sql`true` : sql`s.vendor_id = ${vendor}`
  const open = settled ? sql`s.settled_at is not null` : sql`${sql.raw(DUE)} <> 0`
  return (await payouts(db, store, sql`${ofVendor} and ${open}`)).rows
}

/**
 * Marks what is due of one share as paid by hand (or given back, when it is negative). `due` is what whoever did so
 * saw: if it is another amount by now, nothing is marked. Throws NotFound and PayoutChanged.
 */
export async function settlePayout(
  db: Database,
  store: Store,
  id: string,
  { due, note }: { due: number; note: string | null },
  actor: Actor,
): Promise<void> {
  await db.transaction().execute(async trx => {
    await sql`select from shares where store_id = ${store.id}::uuid and id = ${id}::uuid for update`.execute(
      trx,
    )
    const [payout] = (await payouts(trx, store, sql`s.id = ${id}::uuid`)).rows
    if (!payout) throw new NotFound('There is no such payout.')
    if (payout.due !== due || due === 0) throw new PayoutChanged('Look at it again before you pay.')
    await trx
      .updateTable('shares')
      .set({
        settled_amount: sql`settled_amount + ${due}::bigint`,
        settled_at: sql`now()`,
        note,
        updated_at: sql`now()`,
      })
      .where('store_id', '=', store.id)
      .where('id', '=', id)
      .execute()
    const paid = formatMoney({ amount: due, currency: payout.currency }, 'en')
    await record(trx, store.id, actor, 'vendor.payout_settled', {
      vendor: payout.vendor_name,
      order: payout.confirmation_code,
      paid,
    })
  })
}
