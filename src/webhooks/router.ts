import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Deps } from '../deps.ts'
import type { StoreToken } from '../lib/ids.ts'
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
  MOST_ARMED,
} from './candidates.ts'
import { isThin, type StripeEvent, type ThinEvent } from './event.ts'
import type { Refusals } from './refusals.ts'
import { type Signature, signedBy } from './signature.ts'

/** How long sealed secrets are remembered, and how soon a failure asks the database again, in milliseconds. */
const REMEMBERED = 30_000
const SOON = 1_000

/**
 * Secrets tried in vain a second for deliveries that carry nothing of ours, and how many of them before others get
 * their turn.
 */
const SECRETS_PER_SECOND = 2_000
const SECRETS_AT_ONCE = 5_000
const SLICE = 10
const PAGE = 1_000

/** Endpoints that delivered to the shared URL lately: they will again. */
const MOST_RECENT = 64

type Delivery = { body: Buffer; signature: Signature; event: StripeEvent | ThinEvent }

/**
 * Finds out whose event it is: by trying secrets, never by believing the body. Sealed boxes are remembered for a
 * while; that is safe because accepting an event checks that its endpoint is still in use.
 */
export function makeRouter({ db, vault }: Pick<Deps, 'db' | 'vault'>, refusals: Pick<Refusals, 'note'>) {
  const remembered = new LRUCache<string, { candidates: Candidate[]; at: number }>({
    max: 10_000,
    ttl: REMEMBERED,
  })
  const recent = new LRUCache<string, Candidate>({ max: MOST_RECENT })
  const budget = makeBudget(SECRETS_PER_SECOND, SECRETS_AT_ONCE)
  let scanning = false

  // A few at a time: what has a hint is done by then, what has none may not hold up the others.
  async function verify(
    candidates: Candidate[],
    { body, signature }: Delivery,
  ): Promise<Candidate | undefined> {
    for (let start = 0; start < candidates.length; start += SLICE) {
      if (start > 0) await setImmediate()
      const found = candidates
        .slice(start, start + SLICE)
        .find(one => signedBy(vault.open(endpointPlace(one), one.secret_box), signature, body))
      if (found) return found
    }
    return undefined
  }

  // What is remembered may be older than a secret that was just saved, so a failure asks the database, but for each
  // key once a second at most: guesses cost us little.
  async function tryKnown(
    key: string,
    load: () => Promise<Candidate[]>,
    delivery: Delivery,
  ): Promise<Candidate | undefined> {
    const known = remembered.get(key)
    const candidate = known && (await verify(known.candidates, delivery))
    if (candidate || (known && Date.now() - known.at < SOON)) return candidate
    const candidates = await load()
    remembered.set(key, { candidates, at: Date.now() })
    return verify(candidates, delivery)
  }

  async function tryStores(storeIds: string[], delivery: Delivery): Promise<Candidate | undefined> {
    for (const storeId of storeIds) {
      const candidate = await tryKnown(storeId, () => endpointsOfStore(db, storeId), delivery)
      if (candidate) return candidate
    }
    return undefined
  }

  // The last resort for events that carry nothing of ours: one scan at a time, and a budget. Throws Unavailable when
  // that is spent (Stripe tries again).
  async function scan(delivery: Delivery): Promise<Candidate | undefined> {
    if (scanning || !budget.allows()) throw new Unavailable({ retryAfter: 30 })
    scanning = true
    try {
      let last: Candidate | undefined
      for (;;) {
        const page = await endpointsBehind(db, last, PAGE)
        budget.spend(page.length)
        const candidate = await verify(page, delivery)
        if (candidate) return candidate
        if (page.length < PAGE) return undefined
        last = page.at(-1)
      }
    } finally {
      scanning = false
    }
  }

  // Without a hint anybody's secret may be the one, and anybody can send such a delivery: what is tried in vain is paid
  // for from one budget, whichever set it came from, and before it is tried, since many are tried at a time. Throws
  // Unavailable when that is spent (Stripe tries again).
  async function tryUnhinted(delivery: Delivery): Promise<Candidate | undefined> {
    if (!budget.allows()) throw new Unavailable({ retryAfter: 30 })
    const latest = [...recent.values()]
    const price = latest.length + MOST_ARMED
    budget.spend(price)
    const candidate =
      (await verify(latest, delivery)) ?? (await tryKnown('armed', () => armedEndpoints(db), delivery))
    if (!candidate) return scan(delivery)
    budget.spend(-price)
    return candidate
  }

  return {
    /** The endpoint that signed a delivery to a URL of its own. */
    async byToken({ store_id, digest }: StoreToken, delivery: Delivery): Promise<Candidate | undefined> {
      const key = digest.toString('latin1')
      const candidate = await tryKnown(key, () => endpointOfToken(db, store_id, digest), delivery)
      if (!candidate) refusals.note([store_id], 'secret', digest)
      return candidate
    },

    /** The endpoint that signed a delivery to the URL all merchants share. Throws Unavailable. */
    async onSharedUrl(delivery: Delivery): Promise<Candidate | undefined> {
      const hinted = isThin(delivery.event) ? [] : await hintedStores(db, delivery.event)
      const candidate = (await tryStores(hinted, delivery)) ?? (await tryUnhinted(delivery))
      if (candidate) recent.set(candidate.id, candidate)
      else refusals.note(hinted, 'secret')
      return candidate
    },

    /** Forgets what was remembered: an endpoint turned out to be retired. */
    forget(): void {
      remembered.clear()
      recent.clear()
    },
  }
}
