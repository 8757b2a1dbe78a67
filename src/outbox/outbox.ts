import { type Kysely, sql, type Transaction } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { NotFound } from '../lib/problem.ts'
import type { Kind, OutboxLine } from './table.ts'

/**
 * What happened and has to be told to somebody. It is written down by the statement or in the transaction that made
 * it happen, so that neither can be without the other; letters and notifications are made of it later, each once.
 */
type Happening =
  | { kind: Extract<Kind, `store.${string}`>; mode: 'test' | 'live'; account_id: string }
  | { kind: Extract<Kind, `order.${string}`>; order_id: string }

/** Part of a statement: writes a line for each row of `rows`, which selects store_id, kind, order_id and subject. */
export const tellOf = (rows: string) => `
  told as (insert into outbox (store_id, kind, order_id, subject) ${rows})`

/** Writes one line; given the transaction of the change, both are kept or neither is. */
export async function tell(db: Kysely<Tables>, storeId: string, happening: Happening): Promise<void> {
  const { kind, ...more } = happening
  await db
    .insertInto('outbox')
    .values({
      store_id: storeId,
      kind,
      order_id: 'order_id' in more ? more.order_id : null,
      subject: null,
      detail: 'mode' in more ? JSON.stringify(more) : null,
    })
    .execute()
}

/**
 * Takes the oldest lines. They are gone when the transaction commits and were never touched when it does not, so
 * whatever it writes follows from each line exactly once.
 */
export async function takeLines(trx: Transaction<Tables>, most: number): Promise<OutboxLine[]> {
  const { rows } = await sql<OutboxLine>`
    with next as (
      select id, store_id from outbox where failed_at is null order by id limit ${most} for update skip locked
    )
    delete from outbox o using next where o.id = next.id and o.store_id = next.store_id
    returning o.*`.execute(trx)
  return rows.sort((left, right) => left.id - right.id)
}

/** Sets the oldest line aside, for a person to look at: it could not be told, for this kind of error. */
export async function failLine(db: Kysely<Tables>, failure: string): Promise<void> {
  await sql`
    update outbox set failed_at = now(), failure = ${failure}
    where (id, store_id) = (
      select id, store_id from outbox where failed_at is null order by id limit 1 for update skip locked)`.execute(
    db,
  )
}

/** What happened in a store and could not be told, the oldest first. */
export function listFailedLines(db: Kysely<Tables>, storeId: string, limit: number): Promise<OutboxLine[]> {
  return db
    .selectFrom('outbox')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('failed_at', 'is not', null)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Has a line told after all: it takes its place among those that wait. Throws NotFound. */
export async function retryLine(db: Database, storeId: string, id: number, actor: Actor): Promise<void> {
  await db.transaction().execute(async trx => {
    const line = await trx
      .updateTable('outbox')
      .set({ failed_at: null, failure: null })
      .where('store_id', '=', storeId)
      .where('id', '=', id)
      .where('failed_at', 'is not', null)
      .returning(['kind', 'order_id'])
      .executeTakeFirst()
    if (!line) throw new NotFound()
    await record(trx, storeId, actor, 'outbox.retried', line)
  })
}

/** Lets what could not be told be: nobody is told any more. Throws NotFound. */
export async function dismissLine(db: Database, storeId: string, id: number, actor: Actor): Promise<void> {
  await db.transaction().execute(async trx => {
    const line = await trx
      .deleteFrom('outbox')
      .where('store_id', '=', storeId)
      .where('id', '=', id)
      .where('failed_at', 'is not', null)
      .returning(['kind', 'order_id'])
      .executeTakeFirst()
    if (!line) throw new NotFound()
    await record(trx, storeId, actor, 'outbox.dismissed', line)
  })
}

/** For how many seconds the oldest line has waited to be told, and how many were set aside. */
export async function outboxState(db: Kysely<Tables>): Promise<{ age: number; failed: number }> {
  const { rows } = await sql<{ age: number; failed: number }>`
    select coalesce((select extract(epoch from now() - at)::float8 from outbox where failed_at is null
                     order by id limit 1), 0) as age,
           (select count(*)::int from outbox where failed_at is not null) as failed`.execute(db)
  return rows[0]!
}
