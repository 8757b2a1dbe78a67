import { sql } from 'kysely'
import type { Actor } from '../audit/audit.ts'
import { record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import { newId, newStoreToken, readStoreToken } from '../lib/ids.ts'
import type { Store } from '../stores/table.ts'

/** How long a portal link works, in minutes. */
const VALID_MINUTES = 10

/**
 * A link that opens the portal of one store, once, for whoever the partner gives it to: the partner vouches for the
 * owner. `path` is below the store's own pages. Opening it only shows a button; pressing that spends the link.
 */
export async function createPortalLink(
  { db, config }: Deps,
  store: Store,
  path: string,
  actor: Actor,
): Promise<{ url: string; expires_at: Date }> {
  const token = newStoreToken(store.id)
  const { expires_at } = await db.transaction().execute(async trx => {
    await record(trx, store.id, actor, 'portal_link.created')
    return trx
      .insertInto('portal_links')
      .values({
        store_id: store.id,
        id: newId(),
        digest: readStoreToken(token)!.digest,
        path,
        expires_at: sql<Date>`now() + make_interval(mins => ${VALID_MINUTES})`,
        spent_at: null,
      })
      .returning('expires_at')
      .executeTakeFirstOrThrow()
  })
  return { url: new URL(`/portal/enter/${token}`, config.publicUrl).href, expires_at }
}

type PortalLink = { store_id: string; store_name: string; email: string; path: string }

/** What a link would open, as long as it can be used. */
export function findPortalLink({ db }: Deps, token: string): Promise<PortalLink | undefined> {
  const read = readStoreToken(token)
  if (!read) return Promise.resolve(undefined)
  return db
    .selectFrom('portal_links as l')
    .innerJoin('stores as s', 's.id', 'l.store_id')
    .select(['l.store_id', 's.name as store_name', 's.owner_email as email', 'l.path'])
    .where('l.store_id', '=', read.store_id)
    .where('l.digest', '=', read.digest)
    .where('l.spent_at', 'is', null)
    .where('l.expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
}

/** Spends a link and answers what it opens; undefined when it cannot be used (any more). */
export async function spendPortalLink(deps: Deps, token: string): Promise<PortalLink | undefined> {
  const link = await findPortalLink(deps, token)
  if (!link) return undefined
  return deps.db.transaction().execute(async trx => {
    const { numUpdatedRows } = await trx
      .updateTable('portal_links')
      .set({ spent_at: sql`now()` })
      .where('store_id', '=', link.store_id)
      .where('digest', '=', readStoreToken(token)!.digest)
      .where('spent_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) return undefined
    await record(trx, link.store_id, { kind: 'owner', email: link.email }, 'portal_link.used')
    return link
  })
}
