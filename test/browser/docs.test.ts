import axe from 'axe-core'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium } from './browser.ts'

let demo: DemoService
let browser: Browser

beforeAll(async () => {
  demo = await startDemo(undefined)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await demo.close()
})

const LOOKS: [string, BrowserContextOptions][] = [
  ['a desktop', { viewport: { width: 1280, height: 800 } }],
  ['a phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
]

async function open(options: BrowserContextOptions) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await page.goto(`${demo.url}/docs`)
  return { page, complaints, close: () => context.close() }
}

test.each(LOOKS)(
  'the API reference fits %s, keeps its policy, and everybody can use it',
  async (_look, options) => {
    const { page, complaints, close } = await open(options)
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run()')
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport!.width)
    expect(complaints).toEqual([])
    await close()
  },
)

test('an operation is found by what it is called, by its method or by its path', async () => {
  const { page, close } = await open({ viewport: { width: 1280, height: 800 } })
  const shown = () => page.locator('[data-find]:visible').allInnerTexts()
  const all = (await shown()).length
  await page.getByLabel('Find an operation').fill('patch connections')
  expect(await shown()).toEqual(['Choose which events Stripe reports'])
  await page.getByLabel('Find an operation').fill('nothing like it')
  expect(await shown()).toEqual([])
  expect(await page.getByRole('status').textContent()).not.toBe('')
  await page.getByLabel('Find an operation').fill('')
  expect((await shown()).length).toBe(all)
  await close()
})
