import type { Actor } from '../audit/audit.ts'
import type { ConnectLink } from './links.ts'
import type { Store } from './table.ts'

/**
 * What lets somebody connect a store's keys: a partner's link, which saving spends, or the session of the owner,
 * who typed a code at `signed_in_at`. The store's id, which is public, is never enough.
 */
export type Authority =
  | { kind: 'link'; link: ConnectLink }
  | { kind: 'session'; email: string; signed_in_at: Date }

/** Whose name stands in the trail: a link speaks for the partner that made it. */
export const actorOf = (authority: Authority, store: Store): Actor =>
  authority.kind === 'link'
    ? { kind: 'partner', partner_id: store.partner_id }
    : { kind: 'owner', email: authority.email }
