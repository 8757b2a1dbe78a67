import { sql, type Transaction } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { digest, newId } from '../lib/ids.ts'
import { NotFound, problem } from '../lib/problem.ts'
import { reveal, type Secret } from '../lib/secret.ts'

export const TwoSecretsAlready = problem('two-secrets-already', 409, 'This partner has two secrets already')
export const SecretTaken = problem('secret-taken', 409, 'This secret is in use already')

/** What a new secret may do, and how long; without `expires_at` until it is revoked. */
export type Terms = { scopes: string[]; expires_at: Date | null }

/** A partner has one secret, and for a while two: the new one, and the one that is being replaced. */
const MOST = 2

/** Adds a partner with its first secret and answers the partner's id. Throws SecretTaken. */
export function addPartnerWith(db: Database, name: string, secret: Secret, terms: Terms): Promise<string> {
  return db.transaction().execute(async trx => {
    const id = newId()
    await trx.insertInto('partners').values({ id, name }).execute()
    await insertSecret(trx, id, secret, terms)
    return id
  })
}

/**
 * Gives a partner a new secret; the one before works for `overlap` more hours, so that the partner can change over
 * without a failed call. Scopes stay as they are unless `terms` names others. Throws NotFound, TwoSecretsAlready,
 * SecretTaken.
 */
export async function rotateSecret(
  db: Database,
  partnerId: string,
  secret: Secret,
  terms: Partial<Terms>,
  overlap: number,
): Promise<void> {
  await db.transaction().execute(async trx => {
    const partner = await trx
      .selectFrom('partners')
      .select('id')
      .where('id', '=', partnerId)
      .forUpdate()
      .executeTakeFirst()
    if (!partner) throw new NotFound('There is no such partner.')
    const living = await livingSecrets(trx, partnerId)
    if (living.length >= MOST) throw new TwoSecretsAlready('Revoke one of them first.')
    await trx
      .updateTable('partner_secrets')
      .set({
        expires_at: sql`least(coalesce(expires_at, 'infinity'), now() + make_interval(hours => ${overlap}))`,
      })
      .where('partner_id', '=', partnerId)
      .where('revoked_at', 'is', null)
      .execute()
    const scopes = terms.scopes ?? living[0]?.scopes ?? ['*']
    await insertSecret(trx, partnerId, secret, { scopes, expires_at: terms.expires_at ?? null })
  })
}

const livingSecrets = (trx: Transaction<Tables>, partnerId: string) =>
  trx
    .selectFrom('partner_secrets')
    .select(['id', 'scopes'])
    .where('partner_id', '=', partnerId)
    .where('revoked_at', 'is', null)
    .where(eb => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .orderBy('created_at', 'desc')
    .execute()

async function insertSecret(
  trx: Transaction<Tables>,
  partnerId: string,
  secret: Secret,
  terms: Terms,
): Promise<void> {
  const made = await trx
    .insertInto('partner_secrets')
    .values({
      partner_id: partnerId,
      id: newId(),
      digest: digest(reveal(secret)),
      ...terms,
      revoked_at: null,
      last_used_at: null,
    })
    .onConflict(conflict => conflict.column('digest').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!made) throw new SecretTaken()
}

/** Revokes one secret, or with a partner's id all it has. Answers how many; throws NotFound for none. */
export async function revokeSecrets(db: Database, id: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('partner_secrets')
    .set({ revoked_at: sql`now()` })
    .where(eb => eb.or([eb('id', '=', id), eb('partner_id', '=', id)]))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n)
    throw new NotFound('There is no such partner or secret, or it is revoked already.')
  return Number(numUpdatedRows)
}

export type ListedSecret = {
  partner_id: string
  name: string
  secret_id: string | null
  scopes: string[] | null
  state: 'valid' | 'expired' | 'revoked' | null
  expires_at: Date | null
  last_used_at: Date | null
}

/** Every partner with its secrets, newest secret first. */
export async function listSecrets(db: Database): Promise<ListedSecret[]> {
  const { rows } = await sql<ListedSecret>`
    select p.id as partner_id, p.name, s.id as secret_id, s.scopes, s.expires_at, s.last_used_at,
           case when s.revoked_at is not null then 'revoked' when s.expires_at <= now() then 'expired'
                when s.id is not null then 'valid' end as state
    from partners p left join partner_secrets s on s.partner_id = p.id
    order by p.created_at, p.id, s.created_at desc`.execute(db)
  return rows
}
