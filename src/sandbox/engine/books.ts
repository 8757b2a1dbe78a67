import type { Delivery } from './deliveries.ts'
import type { KeptEvent } from './events.ts'
import type { KeptAnswer } from './idempotency.ts'
import { missing } from './refusal.ts'

/** A kind of object: where it is listed, how its ids begin, what may be expanded into it. */
export interface Collection<T extends { id: string }, Note = undefined> {
  /** The path of its list, which is also its name: `/v1/refunds`. */
  url: string
  /** What Stripe calls one in "No such refund: 're_1'". */
  noun: string
  /** How ids begin, and so how `expand` finds the object: `re_`. */
  prefix: string
  /** Lists that are left out of the object until asked for by `expand`, e.g. a charge's refunds. */
  includes?: Record<string, (books: Books, object: T) => unknown>
  /** Fields that may be missing from an object and may be named in `expand` all the same. */
  optional?: string[]
  /** Never set: carries the type of what the sandbox remembers beside an object and never shows. */
  note?: Note
}
type AnyCollection = Collection<{ id: string }, unknown>

const collections = new Map<string, AnyCollection>()

/** Declares a kind of object. Call it once, at the top of the file that owns the kind. */
export function collection<T extends { id: string }, Note = undefined>(
  kind: Collection<T, Note>,
): Collection<T, Note> {
  collections.set(kind.url, kind as unknown as AnyCollection)
  return kind
}

/** The kind that an id belongs to, by its prefix. */
export function collectionOf(id: string): AnyCollection | undefined {
  const prefix = id.slice(0, id.indexOf('_') + 1)
  for (const kind of collections.values()) if (kind.prefix === prefix) return kind
  return undefined
}
export const collectionAt = (url: string): AnyCollection | undefined => collections.get(url)

/** All objects of one kind in one account and mode, in the order they were made. */
export class Shelf<T extends { id: string }, Note = unknown> {
  order: (T | undefined)[] = []
  readonly positions = new Map<string, number>()
  readonly notes = new Map<string, Note>()

  put(object: T, ...[note]: undefined extends Note ? [note?: Note] : [note: Note]): T {
    const position = this.positions.get(object.id)
    if (position === undefined) this.positions.set(object.id, this.order.push(object) - 1)
    else this.order[position] = object
    if (note !== undefined) this.notes.set(object.id, note as Note)
    return object
  }

  find(id: string): T | undefined {
    const position = this.positions.get(id)
    return position === undefined ? undefined : this.order[position]
  }

  /** What was put beside the object: never shown, kept with it. */
  note(id: string): Note {
    return this.notes.get(id) as Note
  }

  remove(id: string): void {
    const position = this.positions.get(id)
    if (position === undefined) return
    this.order[position] = undefined
    this.positions.delete(id)
    this.notes.delete(id)
  }

  /** Newest first, as Stripe lists. */
  *newest(): Generator<T> {
    for (let at = this.order.length - 1; at >= 0; at--) if (this.order[at]) yield this.order[at]!
  }

  /** Forgets the oldest once there are more than `most`, a tenth at a time. */
  keepNewest(most: number): void {
    if (this.size <= most) return
    const kept = this.order.filter(object => object !== undefined).slice(most / 10)
    this.order = kept
    this.positions.clear()
    for (const [position, object] of kept.entries()) this.positions.set(object.id, position)
  }

  get size(): number {
    return this.positions.size
  }
}

/** Everything one account has in one mode. Nothing in it can be reached with another account's or mode's key. */
export class Books {
  readonly account: string
  readonly livemode: boolean
  /** The platform that made this account, if it is a connected one. */
  platform: string | undefined
  readonly shelves = new Map<string, Shelf<{ id: string }>>()
  readonly events = new Shelf<KeptEvent>()
  readonly deliveries: Delivery[] = []
  readonly answers = new Map<string, KeptAnswer>()

  constructor(account: string, livemode: boolean) {
    this.account = account
    this.livemode = livemode
  }

  /** The shelf of a kind: `books.of(Refunds).put(refund)`. */
  of<T extends { id: string }, Note>(kind: Collection<T, Note>): Shelf<T, Note> {
    let shelf = this.shelves.get(kind.url)
    if (!shelf) {
      shelf = new Shelf()
      this.shelves.set(kind.url, shelf)
    }
    return shelf as unknown as Shelf<T, Note>
  }

  /** The object, or Stripe's "No such …": 404 for an id in the path, 400 for one that came as parameter `param`. */
  need<T extends { id: string }, Note>(kind: Collection<T, Note>, id: string, param?: string): T {
    const found = this.of(kind).find(id)
    if (!found) throw missing(kind.noun, id, param)
    return found
  }
}
