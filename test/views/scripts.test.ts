import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { render } from './render.ts'
import { samples } from './samples.ts'

const inventory = readFileSync(new URL('../../docs/payment-page-scripts.md', import.meta.url), 'utf8')

/** The rows of the inventory: script, and the pages that it is on. */
const rows = [...inventory.matchAll(/^\| (?:`([\w.]+)`|(Stripe\.js)[^|]*) \| ([^|]+) \|/gm)].map(
  ([, own, stripe, pages]) => ({ script: own ?? stripe!, pages: pages!.trim().split(', ') }),
)

const listed = (page: string) => rows.filter(({ pages }) => pages.includes(page)).map(({ script }) => script)

test('the inventory lists the scripts of every page of the checkout, and no other', () => {
  const found = new Map<string, Set<string>>()
  for (const { template, model } of samples) {
    if (!template.startsWith('checkout/')) continue
    const page = template.slice('checkout/'.length)
    const scripts = found.get(page) ?? new Set()
    found.set(page, scripts)
    for (const [tag] of render(template, model).matchAll(/<script[^>]*>/g)) {
      if (tag.includes('application/json')) continue
      expect(tag).toMatch(/ src="[^"]+"/)
      expect(tag).toContain(' nonce="')
      if (tag.includes('data-stripe')) scripts.add('Stripe.js')
      else {
        expect(tag).toContain(' integrity="sha384-')
        scripts.add(/\/assets\/([\w.]+)"/.exec(tag)![1]!)
      }
    }
  }
  expect([...found.keys()].sort()).toEqual(['closed', 'pay', 'receipt', 'waiting'])
  for (const [page, scripts] of found)
    expect([page, [...scripts].sort()]).toEqual([page, listed(page).sort()])
})
