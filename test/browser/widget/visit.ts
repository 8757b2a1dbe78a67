import axe, { type AxeResults } from 'axe-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { DEMO_STORE, OPEN_STORE } from '../../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../../harness/service.ts'
import { launchChromium } from '../browser.ts'
import { asPartner } from '../shopper.ts'
import { openSite, type Site } from './site.ts'

/** A shopper on a merchant's own site; each test gets a browser that was never there. */
export type Visit = {
  service: DemoService
  /** Listed by both demo stores. */
  site: Site
  /** Listed by none. */
  stranger: Site
  context: BrowserContext
  page: Page
  /** Opens the site anew, made as `query` says (see openSite). */
  again(query?: string, options?: BrowserContextOptions, origin?: string): Promise<void>
}

/** The visit of the tests of a file, which is filled in before each of them. */
export function visiting(): Visit {
  const visit = { again } as Visit
  let browser: Browser

  async function again(query = '', options: BrowserContextOptions = {}, origin = visit.site.origin) {
    await visit.context?.close()
    const viewport = { width: 1280, height: 800 }
    visit.context = await browser.newContext({ locale: 'en-US', viewport, ...options })
    visit.context.setDefaultTimeout(15_000)
    visit.page = await visit.context.newPage()
    await visit.page.goto(`${origin}/${query}`)
    await visit.page.waitForFunction('window.Owntill')
  }

  beforeAll(async () => {
    ;[visit.service, browser] = await Promise.all([startDemo(undefined), launchChromium()])
    const { url } = visit.service
    ;[visit.site, visit.stranger] = await Promise.all([openSite(url, DEMO_STORE), openSite(url, DEMO_STORE)])
    for (const id of [DEMO_STORE, OPEN_STORE]) {
      await asPartner(visit.service, 'PATCH', `/stores/${id}`, { origins: [url, visit.site.origin] })
    }
  })
  beforeEach(() => again())
  afterAll(async () => {
    await browser?.close()
    await Promise.all([visit.service, visit.site, visit.stranger].map(opened => opened?.close()))
  })
  return visit
}

export const button = ({ page }: Visit, name: string | RegExp) => page.getByRole('button', { name })
export const said = ({ page }: Visit, text: string | RegExp) => page.getByText(text).waitFor()
export const total = ({ page }: Visit, amount: string) =>
  page.locator('.total .sum', { hasText: amount }).waitFor()
export const rows = ({ page }: Visit) => page.getByRole('dialog').getByRole('listitem')

/** What has the focus, in the drawer or on the page: its name or its text. */
export const focused = ({ page }: Visit) =>
  page.evaluate<string>(`(() => {
    const at = document.activeElement.shadowRoot?.activeElement ?? document.activeElement
    return at.getAttribute('aria-label') ?? at.textContent
  })()`)

/** What axe finds on the page as it is. By evaluate, which the page's policy does not see. */
export async function findings({ page }: Visit) {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)')
  return violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => String(target))])
}
