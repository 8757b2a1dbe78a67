import { findProduct } from '../catalog/catalog.ts'
import type { Database } from '../db/database.ts'
import type { Store } from '../stores/table.ts'

/** An id for a product that the owner adds: from its name, as a partner would choose it, with a number if taken. */
export const newProductId = (db: Database, store: Store, name: string): Promise<string> =>
  freeId('product', name, async id => (await findProduct(db, store, id)) !== undefined)

/** The same for anything that is named: `plain` where the name has no Latin letter or digit. */
export async function freeId(
  plain: string,
  name: string,
  taken: (id: string) => Promise<boolean>,
): Promise<string> {
  const base = slugOf(name, plain)
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!(await taken(id))) return id
  }
}

// Accents are taken off.
function slugOf(name: string, plain: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '')
  // `new` is the address of the form.
  return slug === '' || slug === 'new' ? plain : slug
}
