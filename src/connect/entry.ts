import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { readId } from '../lib/ids.ts'
import { allowedRedirect } from '../lib/redirect.ts'
import { ownerCookies } from '../owners/request.ts'
import type { OwnerSession } from '../owners/sessions.ts'
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
    const owner = await cookies.owner(request, reply)
    if (asked.ct !== '') return byLink(asked, owner)
    const id = readId(asked.store_id)
    const store = owner && id ? await findOwnedStore(db, owner, id) : undefined
    if (!owner || !store) return undefined
    const origins = [...store.origins, config.publicUrl]
    return {
      store,
      authority: { kind: 'session', email: owner.email, code_typed_at: codeTypedAt(owner) },
      return_url: allowedRedirect(asked.return_url, origins, config.production),
    }
  }

  async function byLink(
    { store_id, ct }: Asked,
    owner: OwnerSession | undefined,
  ): Promise<Entry | undefined> {
    const link = await findConnectLink(deps, store_id, ct)
    const store = link && (await findStore(db, store_id))
    if (!link || !store) return undefined
    const owned = owner && (await findOwnedStore(db, owner, store.id))
    const code_typed_at = owned && codeTypedAt(owner)
    return {
      store,
      authority: { kind: 'link', link, code_typed_at },
      return_url: link.return_url ?? undefined,
    }
  }
}

// A session that a partner's link opened was opened without a code.
const codeTypedAt = (owner: OwnerSession): Date | undefined =>
  owner.store_id === null ? owner.signed_in_at : undefined
