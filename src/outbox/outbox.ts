import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Kind } from './table.ts'

/**
 * What happened and has to be told to somebody. It is written down by the statement or in the transaction that made
 * it happen, so that neither can be without the other; letters and notifications are made of it later, each once.
 */
export type Happening =
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
