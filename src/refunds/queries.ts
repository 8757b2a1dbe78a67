import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import type { Tables } from '../db/tables.ts'
import { RELEASE, RESERVE } from '../orders/after.ts'
import type { CommissionPolicy } from '../pricing/split.ts'
import type { Refund } from './table.ts'

type ReserveValues = {
  store_id: string
  id: string
  order_id: string
  amount: number | null
  reason: string | null
  commission: CommissionPolicy | null
  key_digest: Buffer | null
  asked_digest: Buffer | null
}

const reserve = statement<ReserveValues, Refund>(
  'reserve_refund',
  `with ${RESERVE}
   insert into refunds (store_id, id, order_id, payment_id, amount, currency, reason, commission, status, key_digest, asked_digest,
                        ask_at)
   select :store_id::uuid, :id::uuid, r.order_id, p.id, r.amount, r.currency, :reason::text, :commission::text, 'pending',
          :key_digest::bytea, :asked_digest::bytea, now() + interval '2 minutes'
   from reserved r
   join payments p on p.store_id = :store_id::uuid and p.order_id = r.order_id and p.found = 'succeeded'
   order by p.created_at desc limit 1
   returning *`,
)

/**
 * Writes a refund down before Stripe hears of it, if the order is paid and so much is left. Undefined when not;
 * `known` when the caller's key was used before, at this very moment perhaps.
 */
export async function reserveRefund(
  db: Database,
  values: ReserveValues,
): Promise<Refund | 'known' | undefined> {
  try {
    return (await db.run(reserve, values))[0]
  } catch (error) {
    // Unique: the same key twice. The statement, and with it the reservation, never happened.
    if ((error as { code?: string }).code === '23505') return 'known'
    throw error
  }
}

const release = statement<{ store_id: string; id: string; failure: string }, { order_id: string }>(
  'release_refund',
  `with released as (
     update refunds
     set previous_status = status, status = 'failed', failure = :failure::text, ask_at = null,
         updated_at = clock_timestamp()
     where store_id = :store_id::uuid and id = :id::uuid and status = 'pending' and stripe_refund is null
     returning order_id, amount
   ),
   ${RELEASE}
   select order_id from released`,
)

/** Stripe refused for good: the refund failed, and what it had set aside can be refunded again. */
export async function releaseRefund(db: Database, refund: Refund, failure: string): Promise<void> {
  await db.run(release, { store_id: refund.store_id, id: refund.id, failure })
}

export function findRefund(db: Kysely<Tables>, storeId: string, id: string): Promise<Refund> {
  return db
    .selectFrom('refunds')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

export function findRefundByKey(db: Database, storeId: string, digest: Buffer): Promise<Refund | undefined> {
  return db
    .selectFrom('refunds')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('key_digest', '=', digest)
    .executeTakeFirst()
}

/** The refunds of an order, oldest first. */
export function listRefunds(db: Kysely<Tables>, storeId: string, orderId: string): Promise<Refund[]> {
  return db
    .selectFrom('refunds')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('order_id', '=', orderId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/**
 * Takes the refund that has waited longest for an answer, and says when it is asked about again: after 2, 4, 8 …
 * minutes, at most an hour.
 */
export async function takeRefund(db: Database): Promise<Refund | undefined> {
  const { rows } = await sql<Refund>`
    with next as (
      select store_id, id from refunds where ask_at <= now() order by ask_at limit 1 for update skip locked
    )
    update refunds r
    set asked = r.asked + 1, ask_at = now() + make_interval(mins => least(2 ^ least(r.asked + 1, 10), 60)::int)
    from next where r.store_id = next.store_id and r.id = next.id
    returning r.*`.execute(db)
  return rows[0]
}
