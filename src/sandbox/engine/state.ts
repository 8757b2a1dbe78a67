import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { type Books, collectionAt } from './books.ts'
import type { KeptEvent } from './events.ts'
import type { World } from './world.ts'

interface Kept {
  account: string
  livemode: boolean
  platform: string | null
  shelves: Record<string, [object: { id: string }, note: unknown][]>
  events: KeptEvent[]
  deliveries: Books['deliveries']
}

/** Loads what an earlier run kept, and from now on writes every change behind, half a second late. */
export function keepIn(world: World, file: string): { saved: () => Promise<void> } {
  if (existsSync(file)) load(world, JSON.parse(readFileSync(file, 'utf8')) as Kept[])
  let waiting: NodeJS.Timeout | undefined
  let writing = Promise.resolve()
  const save = () => {
    waiting = undefined
    const text = JSON.stringify([...world.books.values()].map(kept))
    writing = writing.then(async () => {
      await writeFile(`${file}.new`, text, { mode: 0o600 })
      await rename(`${file}.new`, file)
    })
    return writing
  }
  world.changed = () => {
    waiting ??= setTimeout(() => {
      save().catch(error => console.error(`sandbox: cannot write ${file}: ${error}`))
    }, 500)
  }
  return {
    async saved() {
      clearTimeout(waiting)
      await save()
    },
  }
}

function load(world: World, all: Kept[]): void {
  for (const one of all) {
    const books = world.of(one.account, one.livemode)
    books.platform = one.platform ?? undefined
    for (const [url, entries] of Object.entries(one.shelves)) {
      const kind = collectionAt(url)
      if (kind) for (const [object, note] of entries) books.of(kind).put(object, note)
    }
    for (const event of one.events) books.events.put(event)
    books.deliveries.push(...one.deliveries)
  }
}

function kept(books: Books): Kept {
  const shelves: Kept['shelves'] = {}
  for (const [url, shelf] of books.shelves) {
    shelves[url] = shelf.order.flatMap(object => (object ? [[object, shelf.note(object.id)]] : []))
  }
  return {
    account: books.account,
    livemode: books.livemode,
    platform: books.platform ?? null,
    shelves,
    events: books.events.order.filter(event => event !== undefined),
    deliveries: books.deliveries,
  }
}
