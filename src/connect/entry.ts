import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { allowedRedirect } from '../lib/redirect.ts'
import { ownerCookies } from '../owners/request.ts'
import { findOwnedStore } from '../owners/stores.ts'
import type { Authority } from '../stores/authority.ts'
import { findConnectLink } from '../stores/links.ts'
import { findStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'

/** Somebody who may connect this store, and the page they want to see afterwards. */
export type Entry = { store: Store; authority: Authority; return_url: string | undefined }

export type Asked = { store_id: string; return_url: string; ct: string }

/**
 * Decides who may connect: whoever holds a link made for this store, or the owner who is signed in. A link says
 * itself where to return to; an owner's wish is held against the store's list of origins (and our own portal).
 */
export function makeEnter(deps: Deps) {
  const { db, config } = deps
  const cookies = ownerCookies(deps)

  return async function enter(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Asked,
  ): Promise<Entry | undefined> {
    if (asked.ct !== '') return byLink(asked)
    const owner = await cookies.owner(request, reply)
    const id = z.guid().safeParse(asked.store_id)
    const store = owner && id.success ? await findOwnedStore(db, owner, id.data.toLowerCase()) : undefined
    if (!owner || !store) return undefined
    const origins = [...store.origins, config.publicUrl]
    return {
      store,
      authority: { kind: 'session', email: owner.email, signed_in_at: owner.signed_in_at },
      return_url: allowedRedirect(asked.return_url, origins, config.production),
    }
  }

  async function byLink({ store_id, ct }: Asked): Promise<Entry | undefined> {
    const link = await findConnectLink(deps, store_id, ct)
    const store = link && (await findStore(db, store_id))
    if (!link || !store) return undefined
    return { store, authority: { kind: 'link', link }, return_url: link.return_url ?? undefined }
  }
}
