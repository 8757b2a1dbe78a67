import type { Deps } from '../deps.ts'
import { readStoreToken } from '../lib/ids.ts'
import { endpointPlace } from '../stores/endpoints.ts'
import type { Authority } from './accept.ts'
import {
  armedEndpoints,
  type Candidate,
  endpointOfToken,
  endpointsOfStore,
  hintedStores,
} from './candidates.ts'
import type { StripeEvent } from './event.ts'
import { type Signature, signedBy } from './signature.ts'

/** How long endpoints are remembered without asking the database, in milliseconds. */
const REMEMBERED = 30_000
const MOST_REMEMBERED = 10_000

type Delivery = { body: Buffer; signature: Signature; event: StripeEvent }

export type Router = ReturnType<typeof makeRouter>

/**
 * Finds out whose event it is: by trying secrets, never by believing the body. Sealed boxes are remembered for a
 * while; that is safe because accepting an event checks that its endpoint is still in use.
 */
export function makeRouter({ db, vault }: Pick<Deps, 'db' | 'vault'>) {
  const remembered = new Map<string, { candidates: Candidate[]; until: number }>()

  function verify(candidates: Candidate[], { body, signature }: Delivery): Authority | undefined {
    return candidates.find(candidate =>
      signedBy(vault.open(endpointPlace(candidate), candidate.secret_box), signature, body),
    )
  }

  // What is remembered may be older than a secret that was just saved: before giving up, ask the database.
  async function verifyRemembered(
    key: string,
    load: () => Promise<Candidate[]>,
    delivery: Delivery,
  ): Promise<Authority | undefined> {
    const known = remembered.get(key)
    if (known && known.until > Date.now()) {
      const authority = verify(known.candidates, delivery)
      if (authority) return authority
    }
    const candidates = await load()
    const authority = verify(candidates, delivery)
    // Only what verified is remembered, so that nobody can fill the memory with guesses.
    if (authority) {
      if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!)
      remembered.set(key, { candidates, until: Date.now() + REMEMBERED })
    }
    return authority
  }

  return {
    /** The endpoint that signed a delivery to a URL of its own. */
    async byToken(token: string, delivery: Delivery): Promise<Authority | undefined> {
      const read = readStoreToken(token)
      if (!read) return undefined
      return verifyRemembered(token, () => endpointOfToken(db, read.store_id, read.digest), delivery)
    },

    /** The endpoint that signed a delivery to the URL all merchants share. */
    async byHints(delivery: Delivery): Promise<Authority | undefined> {
      for (const storeId of await hintedStores(db, delivery.event)) {
        const authority = await verifyRemembered(storeId, () => endpointsOfStore(db, storeId), delivery)
        if (authority) return authority
      }
      return verify(await armedEndpoints(db), delivery)
    },

    /** Forgets what was remembered: an endpoint turned out to be retired. */
    forget(): void {
      remembered.clear()
    },
  }
}
