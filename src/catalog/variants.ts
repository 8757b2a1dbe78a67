import type { Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { VariantInput } from './schemas.ts'
import { setStock } from './stock.ts'
import type { Variant } from './table.ts'

/** A variant as it is kept: its price in minor units, or the product's. */
export type KeptVariant = Omit<VariantInput, 'price'> & { price: number | null }

type Place = { store_id: string; product_id: string }

/** Makes these the variants of a product, in this order; the stock of those that do not mention it stays. */
export async function replaceVariants(
  trx: Transaction<Tables>,
  place: Place,
  variants: KeptVariant[],
): Promise<void> {
  await removeOthers(trx, place, variants)
  for (const [position, { id, name, options, price, image_url, active }] of variants.entries()) {
    const row = {
      position,
      name,
      options: JSON.stringify(options ?? {}),
      price,
      image_url: image_url ?? null,
      active,
    }
    await trx
      .insertInto('variants')
      .values({ ...place, id, ...row })
      .onConflict(conflict => conflict.columns(['store_id', 'product_id', 'id']).doUpdateSet(row))
      .execute()
  }
  // By id, as orders lock it.
  for (const { id, stock } of variants.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    await setStock(trx, { ...place, variant_id: id }, stock)
  }
}

async function removeOthers(
  trx: Transaction<Tables>,
  { store_id, product_id }: Place,
  variants: KeptVariant[],
): Promise<void> {
  // An empty id is the product itself; `not in ()` needs at least one.
  const kept = ['', ...variants.map(({ id }) => id)]
  await trx
    .deleteFrom('variants')
    .where('store_id', '=', store_id)
    .where('product_id', '=', product_id)
    .where('id', 'not in', kept)
    .execute()
  await trx
    .deleteFrom('stock')
    .where('store_id', '=', store_id)
    .where('product_id', '=', product_id)
    .where('variant_id', 'not in', kept)
    .execute()
}

/** What a change would make of the variants: what it does not mention stays. */
export function variantsAfter(before: readonly Variant[], variants: KeptVariant[]): object[] {
  return variants.map(({ id, name, options, price, image_url, active, stock }) => ({
    id,
    name,
    options: options ?? {},
    price,
    image_url: image_url ?? null,
    active,
    stock: stock === undefined ? (before.find(variant => variant.id === id)?.stock ?? null) : stock,
  }))
}

/** The same fields of the variants as they are. */
export const variantsBefore = (before: readonly Variant[]): object[] =>
  before.map(({ available: _, ...variant }) => variant)
