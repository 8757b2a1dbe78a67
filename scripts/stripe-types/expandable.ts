import { alternatives, type Declarations, objectName, resolve } from './declarations.ts'

/** Deeper than any field that Stripe lets be expanded (four levels). */
const DEEPEST = 5

/**
 * By kind of object, the paths of the fields that hold an id and may hold the whole object instead (`[]` steps into a
 * list), in the order of their names.
 */
export function expandableFields(declared: Declarations): Record<string, string[]> {
  const found = new Map<string, Set<string>>()
  for (const full of declared.interfaces.keys()) {
    const kind = objectName(declared, full)
    if (!kind || /^Deleted/.test(full.split('.').at(-1)!)) continue
    const paths = found.get(kind) ?? new Set()
    for (const path of pathsOf(declared, full, 1)) paths.add(path)
    found.set(kind, paths)
  }
  return Object.fromEntries(
    [...found]
      .filter(([, paths]) => paths.size > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, paths]) => [kind, [...paths].sort()]),
  )
}

function pathsOf(declared: Declarations, full: string, depth: number): string[] {
  if (depth > DEEPEST) return []
  return (declared.interfaces.get(full) ?? []).flatMap(({ name, type }) => {
    const list = /^Array<(.*)>$/.exec(alternatives(type).join(' | '))
    const path = list ? `${name}[]` : name
    const inner = alternatives(list?.[1] ?? type)
    const named = inner.map(one => resolve(declared, one, full)).filter(one => one !== undefined)
    const isObject = named.some(one => objects(declared, one).length > 0)
    if (inner.includes('string') && isObject) return [path]
    // Objects that are always whole are normalised by their own kind's paths.
    if (isObject) return []
    return named.flatMap(one => pathsOf(declared, one, depth + 1).map(below => `${path}.${below}`))
  })
}

/** The kinds of object that a name stands for: one, or several by an alias (`CustomerSource`). */
function objects(declared: Declarations, full: string): string[] {
  const kind = objectName(declared, full)
  if (kind) return [kind]
  return alternatives(declared.aliases.get(full) ?? '').flatMap(one => {
    const member = resolve(declared, one, full)
    return member && member !== full ? objects(declared, member) : []
  })
}
