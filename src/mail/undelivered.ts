import { type Kysely, sql, type UpdateObject } from 'kysely'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { NotFound } from '../lib/problem.ts'
import { MOST_TRIES } from './mail.ts'
import type { LetterKind } from './table.ts'

/** A letter of a store as its owner may see it: whom it went to and what it said stays sealed. */
export type KeptMail = {
  id: string
  kind: LetterKind
  order_id: string | null
  tries: number
  failure: string | null
  created_at: Date
  sent_at: Date | null
  /** Still here to be sent. */
  kept: boolean
}

const SHOWN = ['id', 'kind', 'order_id', 'tries', 'failure', 'created_at', 'sent_at'] as const

const ofStore = (db: Kysely<Tables>, storeId: string) =>
  db
    .selectFrom('mails')
    .select(SHOWN)
    .select(sql<boolean>`box is not null`.as('kept'))
    .where('store_id', '=', storeId)
    .where('kind', 'is not', null)
    .$castTo<KeptMail>()

/** Nobody tries any more: too often in vain, or for too long. */
const GIVEN_UP = sql<boolean>`box is not null and (tries >= ${sql.lit(MOST_TRIES)} or expires_at < now())`

/** The letters of a store that were given up and can still be sent, the oldest first. */
export const listUndelivered = (db: Kysely<Tables>, storeId: string, limit: number): Promise<KeptMail[]> =>
  ofStore(db, storeId).where(GIVEN_UP).orderBy('created_at').orderBy('id').limit(limit).execute()

/** The letters that were written about an order, the oldest first. */
export const mailsOfOrder = (db: Kysely<Tables>, storeId: string, orderId: string): Promise<KeptMail[]> =>
  ofStore(db, storeId).where('order_id', '=', orderId).orderBy('created_at').orderBy('id').execute()

/** Tries a letter that was given up once more, for two days. Call `mail.wake` afterwards. Throws NotFound. */
export const retryMail = (db: Database, storeId: string, id: string, actor: Actor): Promise<void> =>
  decide(db, storeId, id, actor, 'mail.retried', {
    tries: 0,
    failure: null,
    due_at: sql<Date>`now()`,
    expires_at: sql<Date>`now() + interval '2 days'`,
  })

/** Lets a letter that was given up be: its content is forgotten, that it was written is not. Throws NotFound. */
export const dismissMail = (db: Database, storeId: string, id: string, actor: Actor): Promise<void> =>
  decide(db, storeId, id, actor, 'mail.dismissed', { box: null })

async function decide(
  db: Database,
  storeId: string,
  id: string,
  actor: Actor,
  action: 'mail.retried' | 'mail.dismissed',
  change: UpdateObject<Tables, 'mails'>,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const mail = await trx
      .updateTable('mails')
      .set(change)
      .where('store_id', '=', storeId)
      .where('id', '=', id)
      .where(GIVEN_UP)
      .returning(['kind', 'order_id'])
      .executeTakeFirst()
    if (!mail) throw new NotFound()
    await record(trx, storeId, actor, action, mail)
  })
}
