import type { OpenApi } from './openapi.ts'

const PREFIX = '#/components/schemas/'

/**
 * Leaves out the components that no operation refers to (the conversion makes each named schema twice, as input and
 * as output).
 */
export function tidy(document: OpenApi): OpenApi {
  const all = document.components?.schemas ?? {}
  const used = new Set<string>()
  const follow = (part: unknown) => {
    for (const name of refsIn(part)) {
      if (used.has(name)) continue
      used.add(name)
      follow(all[name])
    }
  }
  follow(document.paths)
  follow(document.webhooks)
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)))
  return { ...document, components: { ...document.components, schemas } }
}

function refsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value.slice(PREFIX.length)] : refsIn(value),
  )
}
