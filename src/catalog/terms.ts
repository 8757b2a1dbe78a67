import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { type Actor, changedFields, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { type Listed, listed, type Part } from '../lib/listing.ts'
import type { Store } from '../stores/table.ts'

/** The terms a store sells under: rows with an id of the partner's choosing, kept in one way. */
type TermsTable = 'shipping_rates' | 'tax_rates' | 'discounts'
type Noun = 'shipping_rate' | 'tax_rate' | 'discount'
type Terms<T extends TermsTable> = Selectable<Tables[T]>
type Kept<T extends TermsTable> = Omit<
  Insertable<Tables[T]>,
  'store_id' | 'id' | 'created_at' | 'updated_at' | 'redeemed'
>

/** What the API and the portal do with terms that are there. */
export type TermVerbs<Row> = {
  find(db: Database, store: Store, id: string): Promise<Row | undefined>
  list(db: Database, store: Store, part: Part): Promise<Listed<Row>>
  remove(db: Database, store: Store, id: string, actor: Actor): Promise<boolean>
}

/** The verbs that all terms of one table have: create or replace, read, list and delete, with a trail of changes. */
export function termsOf<T extends TermsTable>(table: T, noun: Noun) {
  // Kysely cannot follow a table that is a type parameter: inside, all three are what they have in common.
  const common = table as 'discounts'
  const one = (db: Kysely<Tables>, store: Store, id: string) =>
    db.selectFrom(common).selectAll().where('store_id', '=', store.id).where('id', '=', id)

  return {
    /** Creates or replaces; what stays as it was leaves no trail. */
    async save(db: Database, store: Store, id: string, row: Kept<T>, actor: Actor): Promise<Terms<T>> {
      const saved = await db.transaction().execute(async trx => {
        const before = await one(trx, store, id).forUpdate().executeTakeFirst()
        const fields = before && changedFields(before, row)
        if (before && fields?.length === 0) return before
        const name = 'name' in row ? String(row.name) : id
        await record(trx, store.id, actor, before ? `${noun}.changed` : `${noun}.created`, {
          id,
          name,
          ...(fields && { fields }),
        })
        const values = row as unknown as Kept<'discounts'>
        return trx
          .insertInto(common)
          .values({ store_id: store.id, id, ...values })
          .onConflict(conflict =>
            conflict.columns(['store_id', 'id']).doUpdateSet({ ...values, updated_at: sql`now()` }),
          )
          .returningAll()
          .executeTakeFirstOrThrow()
      })
      return saved as unknown as Terms<T>
    },

    async find(db: Database, store: Store, id: string): Promise<Terms<T> | undefined> {
      return (await one(db, store, id).executeTakeFirst()) as unknown as Terms<T> | undefined
    },

    /** By id, a page at a time. */
    async list(db: Database, store: Store, { cursor, limit = 50 }: Part = {}): Promise<Listed<Terms<T>>> {
      let query = db
        .selectFrom(common)
        .selectAll()
        .where('store_id', '=', store.id)
        .orderBy('id')
        .limit(limit + 1)
      if (cursor) query = query.where('id', '>', cursor)
      return listed(await query.execute(), limit) as unknown as Listed<Terms<T>>
    },

    /** Orders keep the terms they were made under. False when there is none. */
    async remove(db: Database, store: Store, id: string, actor: Actor): Promise<boolean> {
      return db.transaction().execute(async trx => {
        const gone = await trx
          .deleteFrom(common)
          .where('store_id', '=', store.id)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        if (!gone) return false
        const name = 'name' in gone ? String(gone.name) : id
        await record(trx, store.id, actor, `${noun}.deleted`, { id, name })
        return true
      })
    },
  }
}
