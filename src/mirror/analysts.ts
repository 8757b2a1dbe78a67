import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { type Actor, record } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import { newSecret } from '../lib/ids.ts'
import { problem } from '../lib/problem.ts'

export const MayNotMakeRoles = problem(
  'may-not-make-roles',
  409,
  "The service's own role may not make roles in this database; docs/mirror.md says what an administrator runs instead",
)

/** Tables of ours that the views are made of; row-level security shows an analyst the rows of one store. */
const TABLES = 'stripe_objects, events'

/** The name of the role with which a store's analyst signs in. mirror.store() reads the store from it. */
export const analystOf = (storeId: string): string => `owntill_store_${storeId.replaceAll('-', '')}`

/**
 * Lets a store's analyst read its mirror: makes the role, or gives the one that is there a new password. Answers both;
 * the password is not kept anywhere. Throws MayNotMakeRoles.
 */
export async function grantAnalyst(
  db: Database,
  storeId: string,
  actor: Actor,
): Promise<{ role: string; password: string }> {
  const role = analystOf(storeId)
  const password = newSecret()
  await change(
    db,
    `do $$ begin
       if not exists (select from pg_roles where rolname = '${role}') then create role ${role}; end if;
     end $$;
     alter role ${role} login connection limit 5 password '${verifierOf(password)}';
     alter role ${role} set default_transaction_read_only = on;
     alter role ${role} set statement_timeout = '60s';
     alter role ${role} set search_path = mirror;
     grant usage on schema mirror, public to ${role};
     grant select on ${TABLES} to ${role};
     grant select on all tables in schema mirror to ${role}`,
  )
  await record(db, storeId, actor, 'mirror.granted', { role })
  return { role, password }
}

/** Takes it away again. False when there was no such role. Throws MayNotMakeRoles. */
export async function revokeAnalyst(db: Database, storeId: string, actor: Actor): Promise<boolean> {
  const role = analystOf(storeId)
  const { rows } = await db.engine.query('select from pg_roles where rolname = $1', [role])
  if (rows.length === 0) return false
  // Not `drop owned`, which takes more than the right to make roles.
  await change(
    db,
    `revoke all on all tables in schema mirror from ${role};
     revoke all on ${TABLES} from ${role};
     revoke all on schema mirror, public from ${role};
     drop role ${role}`,
  )
  await record(db, storeId, actor, 'mirror.revoked', { role })
  return true
}

async function change(db: Database, script: string): Promise<void> {
  try {
    await db.engine.transaction(session => session.script(script))
  } catch (error) {
    if ((error as { code?: unknown }).code === '42501') throw new MayNotMakeRoles()
    throw error
  }
}

/** As many as Postgres itself takes. */
const ROUNDS = 4096

/**
 * What Postgres keeps of a password (RFC 5803, SCRAM-SHA-256): made here, so that the password itself is in no
 * statement and so in no log of the server.
 */
function verifierOf(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, ROUNDS, 32, 'sha256')
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest()
  const parts = [stored, keyed('Server Key')].map(key => key.toString('base64')).join(':')
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString('base64')}$${parts}`
}
