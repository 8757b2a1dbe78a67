import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
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
): Promise<Product> {
  if (input.currency !== store.currency) {
    const detail = `must be the store's currency, ${store.currency}`
    throw new BadInput({ errors: [{ pointer: '/currency', detail }] })
  }
  const price = toMinor(input.price, input.currency)
  if (price === undefined || price > 99_999_999) {
    throw new BadInput({ errors: [{ pointer: '/price', detail: `is not an amount of ${input.currency}` }] })
  }
  const row = { ...input, price, image_url: input.image_url ?? null }
  return db
    .insertInto('products')
    .values({ store_id: store.id, id, ...row })
    .onConflict(conflict =>
      conflict.columns(['store_id', 'id']).doUpdateSet({ ...row, updated_at: sql`now()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function findProduct(db: Database, store: Store, id: string): Promise<Product | undefined> {
  return db
    .selectFrom('products')
    .selectAll()
    .where('store_id', '=', store.id)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Deletes a product; orders keep their own copy of its lines. False when there is none. */
export async function deleteProduct(db: Database, store: Store, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('products')
    .where('store_id', '=', store.id)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows === 1n
}
