import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const HOUSE = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string) => readFileSync(HOUSE + path, 'utf8')
const readme = read('README.md')
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']

test.each(pages)('every link and picture of %s leads somewhere', page => {
  const targets = [...read(page).matchAll(/\]\(([^)]+)\)|src="([^"]+)"/g)].map(
    ([, link, src]) => (link ?? src)!,
  )
  expect(targets.filter(target => !target.startsWith('https://') && !existsSync(HOUSE + target))).toEqual([])
})

test.each(pages)('every npm script of %s exists', page => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...read(page).matchAll(/npm (?:run )?(start|test|(?<=run )[\w:]+)/g)].map(
    ([, name]) => name!,
  )
  expect(named.filter(name => !(name in scripts))).toEqual([])
})

test('every promise names a test that exists', () => {
  const promises = [...readme.matchAll(/^\| .+ \| \[\w+\]\((test\/[^)]+)\): "(.+)" \|$/gm)]
  expect(promises.length).toBeGreaterThan(10)
  const broken = promises.filter(
    ([, file, name]) => !read(file!).includes(name!.replaceAll("'", "\\'")) && !read(file!).includes(name!),
  )
  expect(broken.map(([, , name]) => name)).toEqual([])
})

test('every setting has its row, and no row is made up', () => {
  const known = read('src/config.ts')
    .match(/^ {2}[A-Z_]+(?=: )/gm)!
    .map(name => name.trim())
  const rows = readme.split('| setting |')[1]!.split('\n\n')[0]!
  const named = [...rows.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)].flatMap(
    ([, cell]) => cell!.match(/[A-Z_]+/g)!,
  )
  expect(named.sort()).toEqual(known.sort())
})
