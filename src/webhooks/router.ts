import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Deps } from '../deps.ts'
import { readStoreToken } from '../lib/ids.ts'
import { Unavailable } from '../lib/problem.ts'
import { endpointPlace } from '../stores/endpoints.ts'
import { makeBudget } from './budget.ts'
import {
  armedEndpoints,
  type Candidate,
  endpointOfToken,
  endpointsBehind,
  endpointsOfStore,
  hintedStores,
} from './candidates.ts'
import { isThin, type StripeEvent, type ThinEvent } from './event.ts'
import { type Signature, signedBy } from './signature.ts'

/** How long sealed secrets are remembered, and how soon a failure asks the database again, in milliseconds. */
const REMEMBERED = 30_000
const SOON = 1_000

/** Scanning: secrets tried a second, about a tenth of a core, and how many before others get their turn. */
const SECRETS_PER_SECOND = 5_000
const SLICE = 50
const PAGE = 1_000

/** Endpoints that delivered to the shared URL lately: they will again. */
const MOST_RECENT = 64

type Delivery = { body: Buffer; signature: Signature; event: StripeEvent | ThinEvent }

export type Router = ReturnType<typeof makeRouter>

/**
 * Finds out whose event it is: by trying secrets, never by believing the body. Sealed boxes are remembered for a
 * while; that is safe because accepting an event checks that its endpoint is still in use.
 */
export function makeRouter({ db, vault }: Pick<Deps, 'db' | 'vault'>) {
  const remembered = new LRUCache<string, { candidates: Candidate[]; at: number }>({
    max: 10_000,
    ttl: REMEMBERED,
  })
  const recent = new LRUCache<string, Candidate>({ max: MOST_RECENT })
  const budget = makeBudget(SECRETS_PER_SECOND, SECRETS_PER_SECOND)
  let scanning = false

  function verify(candidates: Candidate[], { body, signature }: Delivery): Candidate | undefined {
    return candidates.find(candidate =>
      signedBy(vault.open(endpointPlace(candidate), candidate.secret_box), signature, body),
    )
  }

  // What is remembered may be older than a secret that was just saved, so a failure asks the database, but for each
  // key once a second at most: guesses cost us little.
  async function tryKnown(
    key: string,
    load: () => Promise<Candidate[]>,
    delivery: Delivery,
  ): Promise<Candidate | undefined> {
    const known = remembered.get(key)
    const candidate = known && verify(known.candidates, delivery)
    if (candidate || (known && Date.now() - known.at < SOON)) return candidate
    const candidates = await load()
    remembered.set(key, { candidates, at: Date.now() })
    return verify(candidates, delivery)
  }

  async function tryHints(delivery: Delivery): Promise<Candidate | undefined> {
    if (isThin(delivery.event)) return undefined
    for (const storeId of await hintedStores(db, delivery.event)) {
      const candidate = await tryKnown(storeId, () => endpointsOfStore(db, storeId), delivery)
      if (candidate) return candidate
    }
    return undefined
  }

  // The last resort for events that carry nothing of ours. It may not hold up those that do: few secrets at a time,
  // one scan at a time, and a budget. Throws Unavailable when that is spent (Stripe tries again).
  async function scan(delivery: Delivery): Promise<Candidate | undefined> {
    if (scanning || !budget.allows()) throw new Unavailable({ retryAfter: 30 })
    scanning = true
    try {
      let last: Candidate | undefined
      for (;;) {
        const page = await endpointsBehind(db, last, PAGE)
        for (let start = 0; start < page.length; start += SLICE) {
          const slice = page.slice(start, start + SLICE)
          budget.spend(slice.length)
          const candidate = verify(slice, delivery)
          if (candidate) return candidate
          await setImmediate()
        }
        if (page.length < PAGE) return undefined
        last = page.at(-1)
      }
    } finally {
      scanning = false
    }
  }

  return {
    /** The endpoint that signed a delivery to a URL of its own. */
    async byToken(token: string, delivery: Delivery): Promise<Candidate | undefined> {
      const read = readStoreToken(token)
      if (!read) return undefined
      return tryKnown(token, () => endpointOfToken(db, read.store_id, read.digest), delivery)
    },

    /** The endpoint that signed a delivery to the URL all merchants share. Throws Unavailable. */
    async onSharedUrl(delivery: Delivery): Promise<Candidate | undefined> {
      const candidate =
        (await tryHints(delivery)) ??
        verify([...recent.values()], delivery) ??
        (await tryKnown('armed', () => armedEndpoints(db), delivery)) ??
        (await scan(delivery))
      if (candidate) recent.set(candidate.id, candidate)
      return candidate
    },

    /** Forgets what was remembered: an endpoint turned out to be retired. */
    forget(): void {
      remembered.clear()
      recent.clear()
    },
  }
}
