import { isDeepStrictEqual } from 'node:util'
import { type Kysely, sql, type Transaction } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { z } from 'zod'
import { type Actor, changedFields, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { type Listed, listed, type Part } from '../lib/listing.ts'
import { MAXIMUM_CHARGE } from '../lib/money.ts'
import { BadInput } from '../lib/problem.ts'
import { type Price, toMinor } from '../lib/wire.ts'
import type { Store } from '../stores/table.ts'
import type { ProductInput, VariantInput } from './schemas.ts'
import { setStock } from './stock.ts'
import type { Product } from './table.ts'
import { type KeptVariant, replaceVariants, variantsAfter, variantsBefore } from './variants.ts'

/**
 * Creates or replaces a product. What the input leaves out of tax class and code, shipping, stock and variants stays as
 * it is, so that those who know of none of it change none. Throws BadInput for a price that is finer than its currency
 * (it is refused, never rounded), for a currency that is not the store's, and for a vendor that the store has not.
 */
export async function saveProduct(
  db: Database,
  store: Store,
  id: string,
  input: ProductInput,
  actor: Actor,
): Promise<Product> {
  const { stock, variants: given, ...plain } = input
  const row = { ...plain, price: priceOf(store, input), image_url: input.image_url ?? null }
  const variants = given?.map((variant, index) => ({
    ...variant,
    price: variantPrice(store, variant, index),
  }))
  return db.transaction().execute(async trx => {
    // Whoever saves it at the same time waits here.
    await trx
      .selectFrom('products')
      .select('id')
      .where('store_id', '=', store.id)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    await refuseForeignVendor(trx, store, input.vendor_id)
    const before = await product(trx, store, id).executeTakeFirst()
    const fields = before && changesOf(before, { ...row, stock }, variants)
    // A partner that sends its whole catalogue every night leaves no trail of what stayed as it was.
    if (before && fields?.length === 0) return before
    const action = before ? 'product.changed' : 'product.created'
    await record(trx, store.id, actor, action, { product_id: id, name: row.name, ...(fields && { fields }) })
    await trx
      .insertInto('products')
      .values({
        store_id: store.id,
        id,
        ...row,
        tax_class: row.tax_class ?? null,
        tax_code: row.tax_code ?? null,
        vendor_id: row.vendor_id ?? null,
      })
      .onConflict(conflict =>
        conflict.columns(['store_id', 'id']).doUpdateSet({ ...row, updated_at: sql`now()` }),
      )
      .execute()
    await setStock(trx, { store_id: store.id, product_id: id, variant_id: '' }, stock)
    if (variants) await replaceVariants(trx, { store_id: store.id, product_id: id }, variants)
    return product(trx, store, id).executeTakeFirstOrThrow()
  })
}

async function refuseForeignVendor(
  trx: Transaction<Tables>,
  store: Store,
  id: string | null | undefined,
): Promise<void> {
  if (id == null) return
  const vendor = await trx
    .selectFrom('vendors')
    .select('id')
    .where('store_id', '=', store.id)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!vendor) {
    throw new BadInput({ errors: [{ pointer: '/vendor_id', detail: 'is not a vendor of this store' }] })
  }
}

function changesOf(before: Product, change: object, variants: KeptVariant[] | undefined): string[] {
  const fields = changedFields(before, change)
  const same =
    !variants || isDeepStrictEqual(variantsBefore(before.variants), variantsAfter(before.variants, variants))
  return same ? fields : [...fields, 'variants']
}

function priceOf(store: Store, { price, currency }: ProductInput): number {
  if (currency !== store.currency) {
    const detail = `must be the store's currency, ${store.currency}`
    throw new BadInput({ errors: [{ pointer: '/currency', detail }] })
  }
  return readAmount(price, currency, '/price')
}

const variantPrice = (store: Store, { price }: VariantInput, index: number): number | null =>
  price == null ? null : readAmount(price, store.currency, `/variants/${index}/price`)

/** Minor units of a price. Throws BadInput, naming the field, for what is finer than the currency or too much. */
export function readAmount(price: z.infer<typeof Price>, currency: string, pointer: string): number {
  const minor = toMinor(price, currency)
  if (minor === undefined || minor > MAXIMUM_CHARGE) {
    throw new BadInput({ errors: [{ pointer, detail: `is not an amount of ${currency}` }] })
  }
  return minor
}

// Null for what is not counted: `greatest` alone would make that 0.
const available = (stock: 's' | 'vs') =>
  sql<number | null>`case when ${sql.ref(`${stock}.held`)} is not null
    then greatest(${sql.ref(`${stock}.on_hand`)} - ${sql.ref(`${stock}.held`)}, 0) end`.as('available')

const products = (db: Kysely<Tables>, store: Store) =>
  db
    .selectFrom('products as p')
    .leftJoin('stock as s', join =>
      join
        .onRef('s.store_id', '=', 'p.store_id')
        .onRef('s.product_id', '=', 'p.id')
        .on('s.variant_id', '=', ''),
    )
    .selectAll('p')
    .select(['s.on_hand as stock', available('s')])
    .select(eb =>
      jsonArrayFrom(
        eb
          .selectFrom('variants as v')
          .leftJoin('stock as vs', join =>
            join
              .onRef('vs.store_id', '=', 'v.store_id')
              .onRef('vs.product_id', '=', 'v.product_id')
              .onRef('vs.variant_id', '=', 'v.id'),
          )
          .whereRef('v.store_id', '=', 'p.store_id')
          .whereRef('v.product_id', '=', 'p.id')
          .orderBy('v.position')
          .select([
            'v.id',
            'v.name',
            'v.options',
            'v.price',
            'v.image_url',
            'v.active',
            'vs.on_hand as stock',
            available('vs'),
          ]),
      ).as('variants'),
    )
    .where('p.store_id', '=', store.id)

const product = (db: Kysely<Tables>, store: Store, id: string) => products(db, store).where('p.id', '=', id)

export function findProduct(db: Database, store: Store, id: string): Promise<Product | undefined> {
  return product(db, store, id).executeTakeFirst()
}

/** A store's products by id, a page at a time. */
export async function listProducts(
  db: Database,
  store: Store,
  { cursor, limit = 50 }: Part = {},
): Promise<Listed<Product>> {
  let query = products(db, store)
    .orderBy('p.id')
    .limit(limit + 1)
  if (cursor) query = query.where('p.id', '>', cursor)
  return listed(await query.execute(), limit)
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
