import { sql, type Transaction } from 'kysely'
import { record } from '../audit/audit.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { newId, newStoreToken, readStoreToken } from '../lib/ids.ts'
import { wantedRedirect } from '../lib/redirect.ts'
import type { Store } from './table.ts'

/** How long a connect link works, in minutes. */
const VALID_MINUTES = 30

/**
 * A link that lets whoever holds it connect this store's keys, once. It is spent when keys are saved, not when it
 * is opened, so that mail scanners do not burn it. Throws BadInput when `return_url` is not on the store's list.
 */
export async function createConnectLink(
  { db, config }: Deps,
  store: Store,
  returnUrl: string | undefined,
): Promise<{ url: string; expires_at: Date }> {
  const back = wantedRedirect(returnUrl, store.origins, config.production)
  const token = newStoreToken(store.id)
  const { expires_at } = await db.transaction().execute(async trx => {
    await record(trx, store.id, { kind: 'partner', partner_id: store.partner_id }, 'connect_link.created')
    return trx
      .insertInto('connect_links')
      .values({
        store_id: store.id,
        id: newId(),
        digest: readStoreToken(token)!.digest,
        return_url: back ?? null,
        expires_at: sql<Date>`now() + make_interval(mins => ${VALID_MINUTES})`,
        spent_at: null,
      })
      .returning('expires_at')
      .executeTakeFirstOrThrow()
  })

  const url = new URL('/stripe/connect', config.publicUrl)
  url.searchParams.set('store_id', store.id)
  if (back) url.searchParams.set('return_url', back)
  url.searchParams.set('ct', token)
  return { url: url.href, expires_at }
}

export type ConnectLink = { store_id: string; id: string; return_url: string | null }

/** The link a token stands for, if it is this store's, not spent and not expired. */
export function findConnectLink(
  { db }: Deps,
  storeId: string,
  token: string,
): Promise<ConnectLink | undefined> {
  const read = readStoreToken(token)
  if (!read || read.store_id !== storeId) return Promise.resolve(undefined)
  return db
    .selectFrom('connect_links')
    .select(['store_id', 'id', 'return_url'])
    .where('store_id', '=', storeId)
    .where('digest', '=', read.digest)
    .where('spent_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
}

/** Spends a link; false when somebody else was faster. */
export async function spendConnectLink(trx: Transaction<Tables>, link: ConnectLink): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('connect_links')
    .set({ spent_at: sql`now()` })
    .where('store_id', '=', link.store_id)
    .where('id', '=', link.id)
    .where('spent_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
