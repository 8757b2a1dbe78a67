import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

/** A secret that is valid now. */
export function findSecret(db: Database, digest: Buffer) {
  return db
    .selectFrom('partner_secrets')
    .select(['partner_id', 'id', 'scopes'])
    .where('digest', '=', digest)
    .where('revoked_at', 'is', null)
    .where(eb => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirst()
}

/** Whose secret it is or was. */
export function findHolder(db: Database, digest: Buffer) {
  return db.selectFrom('partner_secrets').select('partner_id').where('digest', '=', digest).executeTakeFirst()
}

/** Notes that a secret was used, at most once a minute. */
export function touchSecret(db: Database, secret: { partner_id: string; id: string }) {
  return db
    .updateTable('partner_secrets')
    .set({ last_used_at: sql`now()` })
    .where('partner_id', '=', secret.partner_id)
    .where('id', '=', secret.id)
    .where(eb =>
      eb.or([
        eb('last_used_at', 'is', null),
        eb('last_used_at', '<', sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute()
}

export async function anyPartner(db: Database): Promise<boolean> {
  return (await db.selectFrom('partners').select('id').limit(1).executeTakeFirst()) !== undefined
}
