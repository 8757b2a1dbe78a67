import type { Database } from '../db/database.ts'
import { Secret } from '../lib/secret.ts'
import { BoxDoesNotOpen, type Place, type Vault } from './vault.ts'

/** The master keys of this process do not fit the database: it must not start. */
export class WrongKeys extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'WrongKeys'
  }
}

const CANARY = new Secret('canary')

const placeOf = (kid: string): Place => ({
  store_id: '',
  purpose: 'canary',
  mode: 'any',
  row_id: kid,
  version: 1,
})

/**
 * Every key that ever sealed here left a canary: it must be present and open its canary, else secrets would be
 * unreadable. Changes nothing. Throws WrongKeys.
 */
export async function tryCanaries(db: Database, vault: Vault): Promise<void> {
  for (const { kid, box } of await db.selectFrom('vault_canaries').select(['kid', 'box']).execute()) {
    if (!vault.kids.includes(kid))
      throw new WrongKeys(`ENCRYPTION_KEYS lacks key ${kid}, which secrets are sealed with`)
    try {
      vault.open(placeOf(kid), box)
    } catch (error) {
      if (error instanceof BoxDoesNotOpen)
        throw new WrongKeys(`ENCRYPTION_KEYS has another key under the name ${kid}`)
      throw error
    }
  }
}

/** Checked before the port opens; from then on the key that seals has a canary, too. Throws WrongKeys. */
export async function checkKeys(db: Database, vault: Vault): Promise<void> {
  await tryCanaries(db, vault)
  await db
    .insertInto('vault_canaries')
    .values({ kid: vault.kid, box: vault.seal(placeOf(vault.kid), CANARY) })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
