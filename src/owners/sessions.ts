import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { digest, newId, newSecret } from '../lib/ids.ts'

/** An owner in a browser. `store_id` is set when a partner's link opened it: it then reaches that store only. */
export type OwnerSession = { id: string; email: string; store_id: string | null; signed_in_at: Date }

/** A session ends after this many hours without a request, and after this many days in any case. */
export const IDLE_HOURS = 12
export const ABSOLUTE_DAYS = 30

/** Opens a session and answers the secret that goes into the cookie. */
export async function openSession(db: Database, email: string, storeId: string | null): Promise<string> {
  const token = newSecret()
  await db
    .insertInto('owner_sessions')
    .values({
      id: newId(),
      email: email.toLowerCase(),
      store_id: storeId,
      digest: digest(token),
      previous_digest: null,
    })
    .execute()
  return token
}

/**
 * The session a cookie stands for. Its id changes every hour: then `token` is the new one, to be set. The id before
 * is good for another minute, for requests that were under way.
 */
export async function findSession(
  db: Database,
  token: string,
): Promise<{ session: OwnerSession; token?: string } | undefined> {
  const row = await living(db)
    .select(['id', 'email', 'store_id', 'signed_in_at'])
    .select([
      sql<boolean>`digest = ${digest(token)}::bytea and rotated_at < now() - interval '1 hour'`.as('stale'),
      sql<boolean>`seen_at < now() - interval '1 minute'`.as('unseen'),
    ])
    .where(eb =>
      eb.or([
        eb('digest', '=', digest(token)),
        eb.and([
          eb('previous_digest', '=', digest(token)),
          eb('rotated_at', '>', sql<Date>`now() - interval '1 minute'`),
        ]),
      ]),
    )
    .executeTakeFirst()
  if (!row) return undefined
  const { stale, unseen, ...session } = row
  if (stale) return { session, token: await rotate(db, session.id, token) }
  if (unseen)
    await db.updateTable('owner_sessions').set({ seen_at: sql`now()` }).where('id', '=', row.id).execute()
  return { session }
}

const living = (db: Database) =>
  db
    .selectFrom('owner_sessions')
    .where('seen_at', '>', sql<Date>`now() - make_interval(hours => ${IDLE_HOURS})`)
    .where('signed_in_at', '>', sql<Date>`now() - make_interval(days => ${ABSOLUTE_DAYS})`)

// Of two requests at once one rotates; the other goes on with the id it has, and learns nothing new.
async function rotate(db: Database, id: string, old: string): Promise<string> {
  const token = newSecret()
  const { numUpdatedRows } = await db
    .updateTable('owner_sessions')
    .set({
      digest: digest(token),
      previous_digest: digest(old),
      rotated_at: sql`now()`,
      seen_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('digest', '=', digest(old))
    .executeTakeFirst()
  return numUpdatedRows === 1n ? token : old
}

export async function endSession(db: Database, session: OwnerSession): Promise<void> {
  await db.deleteFrom('owner_sessions').where('id', '=', session.id).execute()
}

// A session of a partner's link speaks for its store only, not for the rest of the address.
const siblings = (session: OwnerSession) =>
  sql<boolean>`email = ${session.email}
    and (${session.store_id}::uuid is null or store_id = ${session.store_id}::uuid)`

/** Signs the owner out in every browser. */
export async function endEverySession(db: Database, session: OwnerSession): Promise<void> {
  await db.deleteFrom('owner_sessions').where(siblings(session)).execute()
}

/** Signs an address out everywhere, whoever asks for it. Returns how many sessions there were. */
export async function endSessionsOf(db: Database, email: string): Promise<number> {
  const ended = await db
    .deleteFrom('owner_sessions')
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst()
  return Number(ended.numDeletedRows)
}

/** Where the owner is signed in, most recent first. */
export function listSessions(db: Database, session: OwnerSession) {
  return living(db)
    .select(['id', 'signed_in_at', 'seen_at', 'store_id'])
    .where(siblings(session))
    .orderBy('seen_at', 'desc')
    .execute()
}
