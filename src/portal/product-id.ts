import { findProduct } from '../catalog/catalog.ts'
import type { Database } from '../db/database.ts'
import type { Store } from '../stores/table.ts'

/** An id for a product that the owner adds: from its name, as a partner would choose it, with a number if taken. */
export async function newProductId(db: Database, store: Store, name: string): Promise<string> {
  const base = slugOf(name)
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!(await findProduct(db, store, id))) return id
  }
}

// Accents are taken off; a name without a Latin letter or digit gets a plain word.
function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '')
  // `new` is the address of the form.
  return slug === '' || slug === 'new' ? 'product' : slug
}
