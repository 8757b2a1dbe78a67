import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const HOUSE = fileURLToPath(new URL('../', import.meta.url))
const files = (pattern: string) => globSync(pattern, { cwd: HOUSE })
const read = (path: string) => readFileSync(join(HOUSE, path), 'utf8')

/** What the tests of the browser make. */
const MADE = new Set(['test/browser/screenshots'])
const there = (path: string) => MADE.has(path) || existsSync(join(HOUSE, path))

test('every link from one document to another leads somewhere', () => {
  const pages = files('{*.md,docs/**/*.md}')
  expect(pages.length).toBeGreaterThan(25)
  const broken = pages.flatMap(page =>
    [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)/g)]
      .map(([, link]) => link!)
      .filter(link => !there(join(dirname(page), link)))
      .map(link => `${page}: ${link}`),
  )
  expect(broken).toEqual([])
})

// Migrations stay as they were applied, so they may name what has moved since.
test('every file that a document or a comment names is where it says', () => {
  const sources = files(
    '{*.md,docs/**/*.md,src/**/*.ts,test/**/*.ts,ops/*,views/**/*.eta,public/**/*.{css,js}}',
  )
  const named =
    /(?<![\w./-])(?:src|test|ops|docs|views|migrations|scripts)\/[\w./-]*\.(?:ts|md|sql|sh|yaml|json|eta|js|css)\b/g
  const missing = sources.flatMap(source =>
    (read(source).match(named) ?? []).filter(path => !there(path)).map(path => `${source}: ${path}`),
  )
  expect(missing).toEqual([])
})
