import { Books, type Collection } from './books.ts'
import { type DeliveryRules, defaultRules } from './deliveries.ts'
import type { Follower } from './events.ts'
import type { Fault } from './faults.ts'
import type { Resource } from './resource.ts'

/** One running sandbox: the books of every account and mode, and what tests have asked it to do wrong. */
export class World {
  readonly books = new Map<string, Books>()
  /** Resources that act when something happens, by event type. */
  readonly before = new Map<string, Follower[]>()
  readonly after = new Map<string, Follower[]>()
  faults: Fault[] = []
  /** How webhooks are delivered, by account; `*` is for all the others. */
  readonly deliveryRules = new Map<string, DeliveryRules>([['*', defaultRules]])
  /** Where the sandbox itself is reached. */
  base = 'http://127.0.0.1'
  /** Called after each change; the state file is written from here. */
  changed: () => void = () => {}
  /** Set once the server closes: no more deliveries, no more timers. */
  closed = false
  readonly timers = new Set<NodeJS.Timeout>()
  /** Deliveries that are being sent or wait for their next try. */
  readonly underWay = new Set<string>()

  constructor(resources: Resource[]) {
    for (const resource of resources) {
      add(this.before, resource.before)
      add(this.after, resource.after)
    }
  }

  of(account: string, livemode: boolean): Books {
    const name = `${account}/${livemode ? 'live' : 'test'}`
    let books = this.books.get(name)
    if (!books) {
      books = new Books(account, livemode)
      this.books.set(name, books)
    }
    return books
  }

  /** The books that hold this object, whatever the account: for hosted pages, which carry no key. */
  holding<T extends { id: string }, Note>(kind: Collection<T, Note>, id: string): Books | undefined {
    for (const books of this.books.values()) if (books.of(kind).find(id)) return books
    return undefined
  }

  /** Does something later, unless the sandbox has closed by then. */
  later(ms: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      if (!this.closed) act()
    }, ms)
    this.timers.add(timer)
    return timer
  }

  close(): void {
    this.closed = true
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }
}

/** What a verb needs to act: whose books, and on whose request (none for what happens by itself). */
export interface Context {
  world: World
  books: Books
  request: { id: string | null; idempotency_key: string | null }
  /** The sandbox's own address as the caller wrote it: hosted pages and receipts are linked from here. */
  base: string
}

function add(followers: Map<string, Follower[]>, more: Resource['before'] = {}): void {
  for (const [type, follower] of Object.entries(more)) {
    followers.set(type, [...(followers.get(type) ?? []), follower as Follower])
  }
}

/** The context of something that happens without a request: a page of the console, a timer. */
export const alone = (world: World, books: Books): Context => ({
  world,
  books,
  request: { id: null, idempotency_key: null },
  base: world.base,
})
