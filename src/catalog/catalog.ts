import { type Kysely, sql } from 'kysely'
import { type Actor, changedFields, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { MAXIMUM_CHARGE } from '../lib/money.ts'
import { BadInput } from '../lib/problem.ts'
import { toMinor } from '../lib/wire.ts'
import type { Store } from '../stores/table.ts'
import type { ProductInput } from './schemas.ts'
import type { Product } from './table.ts'

/**
 * Creates or replaces a product. Throws BadInput for a price that is finer than its currency (it is refused,
 * never rounded) and for a currency that is not the store's.
 */
export async function saveProduct(
  db: Database,
  store: Store,
  id: string,
  input: ProductInput,
  actor: Actor,
): Promise<Product> {
  const row = { ...input, price: priceOf(store, input), image_url: input.image_url ?? null }
  return db.transaction().execute(async trx => {
    const before = await product(trx, store, id).forUpdate().executeTakeFirst()
    const fields = before && changedFields(before, row)
    // A partner that sends its whole catalogue every night leaves no trail of what stayed as it was.
    if (before && fields?.length === 0) return before
    const action = before ? 'product.changed' : 'product.created'
    await record(trx, store.id, actor, action, { product_id: id, name: row.name, ...(fields && { fields }) })
    return trx
      .insertInto('products')
      .values({ store_id: store.id, id, ...row })
      .onConflict(conflict =>
        conflict.columns(['store_id', 'id']).doUpdateSet({ ...row, updated_at: sql`now()` }),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

function priceOf(store: Store, { price, currency }: ProductInput): number {
  if (currency !== store.currency) {
    const detail = `must be the store's currency, ${store.currency}`
    throw new BadInput({ errors: [{ pointer: '/currency', detail }] })
  }
  const minor = toMinor(price, currency)
  if (minor === undefined || minor > MAXIMUM_CHARGE) {
    throw new BadInput({ errors: [{ pointer: '/price', detail: `is not an amount of ${currency}` }] })
  }
  return minor
}

const product = (db: Kysely<Tables>, store: Store, id: string) =>
  db.selectFrom('products').selectAll().where('store_id', '=', store.id).where('id', '=', id)

export function findProduct(db: Database, store: Store, id: string): Promise<Product | undefined> {
  return product(db, store, id).executeTakeFirst()
}

/** A store's products by id, a page at a time. */
export async function listProducts(
  db: Database,
  store: Store,
  { cursor, limit = 50 }: { cursor?: string | undefined; limit?: number } = {},
): Promise<{ data: Product[]; next_cursor: string | null }> {
  let query = db
    .selectFrom('products')
    .selectAll()
    .where('store_id', '=', store.id)
    .orderBy('id')
    .limit(limit + 1)
  if (cursor) query = query.where('id', '>', cursor)
  const rows = await query.execute()
  const data = rows.slice(0, limit)
  return { data, next_cursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null }
}

/** Deletes a product; orders keep their own copy of its lines. False when there is none. */
export async function deleteProduct(db: Database, store: Store, id: string, actor: Actor): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const gone = await trx
      .deleteFrom('products')
      .where('store_id', '=', store.id)
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst()
    if (gone) await record(trx, store.id, actor, 'product.deleted', { product_id: id, name: gone.name })
    return gone !== undefined
  })
}
