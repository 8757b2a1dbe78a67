import type { Actor } from '../audit/audit.ts'
import type { ConnectLink } from './links.ts'
import type { Store } from './table.ts'

/**
 * What lets somebody connect a store's keys: a partner's link, which saving spends, or the session of the owner.
 * The store's id, which is public, is never enough. `code_typed_at`: when the owner last typed a code in this
 * browser, if ever.
 */
export type Authority = { code_typed_at: Date | undefined } & (
  | { kind: 'link'; link: ConnectLink }
  | { kind: 'session'; email: string }
)

/** How long a typed code counts as fresh, in milliseconds. */
const FRESH = 10 * 60_000

/** Whether the owner has only just proven to be the owner: asked for where somebody else could take the money. */
export const isFresh = ({ code_typed_at }: Authority): boolean =>
  code_typed_at !== undefined && Date.now() - code_typed_at.getTime() < FRESH

/** Whose name stands in the trail: a link speaks for the partner that made it. */
export const actorOf = (authority: Authority, store: Store): Actor =>
  authority.kind === 'link'
    ? { kind: 'partner', partner_id: store.partner_id }
    : { kind: 'owner', email: authority.email }
