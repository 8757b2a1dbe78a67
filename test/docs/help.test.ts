import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'

const docs = new URL('../../docs/', import.meta.url)
const slugs = readdirSync(docs)
  .filter(name => name.endsWith('.md'))
  .map(name => name.replace('.md', ''))

let house: House
const pages = new Map<string, string>()

beforeAll(async () => {
  house = await openHouse()
  for (const path of ['/help', ...slugs.map(slug => `/help/${slug}`)]) {
    const answer = await fetch(house.url + path)
    expect([path, answer.status]).toEqual([path, 200])
    pages.set(path, await answer.text())
  }
})
afterAll(() => house.close())

const found = (page: string, pattern: RegExp) => [...page.matchAll(pattern)].map(([, value]) => value!)

test('every guide has its page, which the shelves name', () => {
  expect(slugs).toEqual(expect.arrayContaining(['merchants', 'integrate', 'operate']))
  const shelves = pages.get('/help')!.split('<main')[1]!
  for (const slug of slugs) expect(shelves).toContain(`href="/help/${slug}"`)
})

test('every link and picture of theirs leads somewhere', async () => {
  const broken: string[] = []
  const status = new Map<string, number>()
  for (const [path, page] of pages) {
    for (const target of found(page, /(?:href|src)="(\/[^"]*|#[^"]*)"/g)) {
      const [file, anchor] = target.split('#') as [string, string?]
      const at = file === '' ? path : file
      if (!status.has(at)) status.set(at, (await fetch(house.url + at, { redirect: 'manual' })).status)
      if (![200, 303].includes(status.get(at)!)) broken.push(`${path}: ${target}`)
      if (anchor && pages.has(at) && !pages.get(at)!.includes(` id="${anchor}"`))
        broken.push(`${path}: ${target}`)
    }
  }
  expect(broken).toEqual([])
})

test('nothing in them is lost or made up: tables, code and headings', () => {
  const page = pages.get('/help/operate')!
  const source = readFileSync(new URL('operate.md', docs), 'utf8')
  expect(found(page, /<(h2) /g)).toHaveLength(source.match(/^## /gm)!.length)
  expect(found(page, /<(pre) /g)).toHaveLength(source.match(/^```\w*$/gm)!.length / 2)
  expect(found(page, /<(table)>/g)).toHaveLength(source.match(/^\| ---/gm)!.length)
  expect(page).toContain('<code>pg_dump --format=custom --file=owntill.dump &quot;$DATABASE_URL&quot;')
})

test('there is no other guide, and an error page leads here with its reference', async () => {
  const answer = await fetch(`${house.url}/help/nobody`)
  const page = await answer.text()
  expect(answer.status).toBe(404)
  expect(page).toContain('href="/help"')
  expect(page).toMatch(/[\da-f]{8}-[\da-f-]{27}/)
})
