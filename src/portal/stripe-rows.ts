import type { Mode } from '../lib/mode.ts'
import { formatMoney, isCurrency } from '../lib/money.ts'
import { KINDS, labelOf } from '../mirror/kinds.ts'
import { LINKS } from '../mirror/read.ts'
import { howFar, type syncOf } from '../mirror/status.ts'
import type { Storage } from '../mirror/storage.ts'

type Sync = Awaited<ReturnType<typeof syncOf>>
type Mirrored = {
  id: string
  type: string
  account: string
  created: Date | null
  deleted: boolean
  object: Record<string, unknown>
}

const STATES = {
  waiting: { text: 'Waiting', tone: 'note' },
  running: { text: 'Fetching', tone: 'note' },
  done: { text: 'Fetched', tone: 'good' },
  forbidden: { text: 'Key may not read', tone: 'warn' },
  refused: { text: 'Not at this account', tone: 'note' },
} as const

const number = new Intl.NumberFormat('en')

/** Each kind of object: how many there are, how much they take, and how far they were fetched. */
export function kindRows(storage: Storage, sync: Sync, mode: Mode) {
  const kept = new Map(storage.kinds.filter(kind => kind.mode === mode).map(kind => [kind.type, kind]))
  const fetched = new Map(sync.kinds.map(kind => [kind.type, kind]))
  const types = new Set([...KINDS.map(({ type }) => type), ...kept.keys()])
  return [...types]
    .filter(type => kept.has(type) || fetched.has(type))
    .map(type => {
      const cursor = fetched.get(type)
      return {
        type,
        label: labelOf(type),
        objects: number.format(kept.get(type)?.objects ?? 0),
        size: sizeText(kept.get(type)?.bytes ?? 0),
        state: cursor && STATES[cursor.state],
        bad: cursor && cursor.bad > 0 ? `${number.format(cursor.bad)} could not be kept` : undefined,
      }
    })
}

/** How far a sync that runs has come. */
export function progressOf({ running, kinds }: Sync) {
  if (!running) return undefined
  const { done, total } = howFar(kinds)
  const through = kinds.filter(({ finished_at }) => finished_at !== null).length
  return {
    text: `${number.format(done)} objects fetched${total && total > done ? ` of about ${number.format(total)}` : ''}, ${through} of ${kinds.length} kinds are through.`,
    // By kinds where nobody knows how many objects there will be.
    value: total ? done : through,
    most: total || kinds.length,
  }
}

/** An object as a row of a list: its id, and what tells people which one it is. */
export const objectRow = ({ id, type, object, account, created, deleted }: Mirrored) => ({
  id,
  type,
  label: labelOf(type),
  what: summaryOf(object),
  account,
  deleted,
  at: created?.toISOString(),
})

/** The objects that this one names, where they are kept, too. */
export const linksOf = ({ object }: Mirrored) =>
  LINKS.flatMap(type =>
    typeof object[type] === 'string' ? [{ type, label: labelOf(type), id: object[type] }] : [],
  )

function summaryOf(object: Record<string, unknown>): string {
  const { amount, amount_total, amount_due, unit_amount, currency } = object
  const sum = [amount, amount_total, amount_due, unit_amount].find(value => Number.isSafeInteger(value))
  const money =
    typeof sum === 'number' && typeof currency === 'string' && isCurrency(currency)
      ? formatMoney({ amount: sum, currency }, 'en')
      : undefined
  const words = [object.name, object.email, object.code, object.status].filter(
    (value): value is string => typeof value === 'string' && value !== '',
  )
  return [money, ...words.slice(0, 2)].filter(Boolean).join(' · ')
}

const UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Bytes as people say them; what is less than a kilobyte is one. */
export function sizeText(bytes: number): string {
  let unit = 0
  let size = bytes / 1_000
  while (size >= 1_000 && unit < UNITS.length - 1) {
    size /= 1_000
    unit += 1
  }
  const shown = bytes === 0 ? 0 : Math.max(size, 1)
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: UNITS[unit]!,
    maximumFractionDigits: shown < 10 && unit > 0 ? 1 : 0,
  }).format(shown)
}
