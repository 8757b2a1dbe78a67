import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

function holds(path: string, name: string): boolean {
  if (!existsSync(new URL(`../../${path}`, import.meta.url))) return false
  const source = read(path)
  return source.includes(name) || source.includes(name.replaceAll("'", "\\'"))
}

test('every line of the checklist names a test that exists, an operator’s task or what is open', () => {
  const rows = read('docs/security.md').match(/^\| \d.*$/gm)!
  expect(rows.length).toBeGreaterThan(70)
  const broken = rows.filter(row => {
    const named = [...row.matchAll(/\[[\w ]+\]\(\.\.\/(test\/[\w/.-]+)\): "(.+?)"(?=; \[| \|$)/g)]
    if (named.length === 0) return !/\*\*(operator|open)\*\*|time frames/.test(row)
    return named.some(([, path, name]) => !holds(path!, name!))
  })
  expect(broken).toEqual([])
})

test('every dependency has its reason, and no reason is left over', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([@\w/.-]+)` \| .+ \|$/gm)].map(
    ([, name]) => name!,
  )
  expect(rows).toEqual([...Object.keys(dependencies!), ...Object.keys(devDependencies!)])
})
