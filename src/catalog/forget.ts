import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

/** A cart that nobody touched for so many days is not coming back. Orders keep lines of their own. */
const CART_DAYS = 30

const BATCH = 1_000

/** Deletes the carts nobody touched for CART_DAYS, in batches that hold up nobody. Returns how many. */
export async function forgetCarts(db: Database): Promise<number> {
  let forgotten = 0
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from carts where (store_id, id) in (
        select store_id, id from carts where updated_at < now() - make_interval(days => ${CART_DAYS})
        limit ${BATCH} for update skip locked)`.execute(db)
    forgotten += Number(numAffectedRows)
    if (Number(numAffectedRows) < BATCH) return forgotten
  }
}
