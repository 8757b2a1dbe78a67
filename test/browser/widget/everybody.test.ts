import type { BrowserContextOptions } from 'playwright-core'
import { expect, test } from 'vitest'
import { picture } from '../browser.ts'
import { button, findings, rows, total, visiting } from './visit.ts'

const visit = visiting()

const looks: [string, string, BrowserContextOptions][] = [
  ['widget-german-dark', '?lang=de-AT', { colorScheme: 'dark' }],
  ['widget-rtl', '?dir=rtl', {}],
  ['widget-rtl-dark', '?dir=rtl&lang=ar', { colorScheme: 'dark', reducedMotion: 'reduce' }],
]
test.each(looks)('%s: nothing for axe to find, with the drawer open', async (name, query, options) => {
  await visit.again(query, options)
  await visit.page.click('#mug')
  await visit.page.locator('.total .sum').waitFor()
  await visit.page.keyboard.press('Escape')
  await visit.page.click('#beans')
  await rows(visit).nth(1).waitFor()
  await visit.page.waitForTimeout(300)
  expect(await findings(visit)).toEqual([])
  await picture(visit.page, name, { window: true })
})

test('in German: words and money', async () => {
  await visit.again('?lang=de_AT')
  await visit.page.click('#beans')
  await visit.page.getByRole('heading', { name: 'Warenkorb' }).waitFor()
  await total(visit, '38,70 €')
  await button(visit, 'Zur Kasse').click()
  await visit.page.getByRole('heading', { name: 'Zahlung', exact: true }).waitFor()
})

test.each([
  [320, 640],
  [320, 256],
])('at %d × %d nothing is cut off, and everything can be reached', async (width, height) => {
  await visit.again('', { viewport: { width, height } })
  await visit.page.click('#mug')
  await total(visit, '€18.00')
  const sideways = await visit.page.evaluate(`(() => {
    const dialog = document.querySelector('owntill-cart').shadowRoot.querySelector('dialog')
    return [dialog, ...dialog.querySelectorAll(':scope > div')].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  })()`)
  expect(sideways).toBe(false)
  await button(visit, 'Check out').click()
  await visit.page.waitForURL(`${visit.service.url}/checkout/**`)
})

test('whatever colour a shop has, what is written on it can be read', async () => {
  for (const [color, ink] of [
    ['#ffd23f', 'rgb(0, 0, 0)'],
    ['#1f5d4c', 'rgb(255, 255, 255)'],
    ['hsl(0 100% 50%)', 'rgb(0, 0, 0)'],
  ] as const) {
    await visit.page.evaluate(`document.documentElement.style.setProperty('--owntill-color', '${color}')`)
    await visit.page.click('#mug')
    await button(visit, 'Check out').waitFor()
    const pay = `document.querySelector('owntill-cart').shadowRoot.querySelector('.pay')`
    expect(await visit.page.evaluate(`getComputedStyle(${pay}).color`)).toBe(ink)
    await visit.page.keyboard.press('Escape')
  }
})
