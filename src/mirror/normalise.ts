import { EXPANDABLE } from './expandable.ts'

export type StripeObject = Record<string, unknown>

type Step = { name: string; list: boolean }

const PATHS = new Map(
  Object.entries(EXPANDABLE).map(([kind, paths]) => [
    kind,
    paths.map(path =>
      path.split('.').map((step): Step => {
        const list = step.endsWith('[]')
        return { name: list ? step.slice(0, -2) : step, list }
      }),
    ),
  ]),
)

/** The lists in an object whose entries are objects of their own kinds, such as the items of a subscription. */
const LISTS = ['items', 'lines', 'line_items', 'refunds', 'charges', 'reversals', 'subscriptions']

/**
 * Puts ids, in place, where Stripe was asked for whole objects: one kind of object always reads the same way, whoever
 * asked for it. Lists keep their entries, which are treated alike. Kinds we do not know stay as they are.
 */
export function normalise(object: StripeObject): StripeObject {
  const paths = typeof object.object === 'string' ? PATHS.get(object.object) : undefined
  if (paths) for (const path of paths) reduce(object, path, 0)
  for (const name of LISTS) {
    const list = object[name] as { data?: unknown } | null | undefined
    if (list && Array.isArray(list.data)) {
      for (const entry of list.data) if (isRecord(entry)) normalise(entry)
    }
  }
  return object
}

function reduce(holder: StripeObject, path: Step[], depth: number): void {
  const { name, list } = path[depth]!
  const value = holder[name]
  if (typeof value !== 'object' || value === null) return
  const last = depth === path.length - 1
  if (!list) {
    if (!last) reduce(value as StripeObject, path, depth + 1)
    else holder[name] = idOf(value)
  } else if (Array.isArray(value)) {
    if (last) holder[name] = value.map(idOf)
    else for (const entry of value) if (isRecord(entry)) reduce(entry, path, depth + 1)
  }
}

const isRecord = (value: unknown): value is StripeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The id of a whole object; anything without one stays. */
function idOf(value: unknown): unknown {
  return isRecord(value) && typeof value.id === 'string' ? value.id : value
}
