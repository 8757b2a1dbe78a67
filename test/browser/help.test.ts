import axe from 'axe-core'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium, picture } from './browser.ts'

let demo: DemoService
let browser: Browser

beforeAll(async () => {
  ;[demo, browser] = await Promise.all([startDemo(process.env.TEST_DATABASE_URL), launchChromium()])
})
afterAll(async () => {
  await browser.close()
  await demo.close()
})

const LOOKS: [string, BrowserContextOptions][] = [
  ['a desktop', { viewport: { width: 1280, height: 800 } }],
  ['a phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
]

test.each(LOOKS)(
  'the guides fit %s, keep their policy, and everybody can read them',
  async (look, options) => {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    for (const path of ['/help', '/help/merchants', '/help/integrate', '/help/operate']) {
      await page.goto(demo.url + path)
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()')
      expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`)).toEqual([])
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
        path,
        options.viewport!.width,
      ])
      await picture(
        page,
        `help${path.replace('/help', '').replace('/', '-')}${look === 'a desktop' ? '' : '-dark'}`,
      )
      await page.setViewportSize(options.viewport!)
    }
    expect(complaints).toEqual([])
    await context.close()
  },
)
