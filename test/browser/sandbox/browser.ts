import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Browser, BrowserContextOptions, Frame, Page } from 'playwright-core'
import Stripe from 'stripe'
import { buildSandbox } from '../../../src/sandbox/server.ts'
import { frameOf as frameIn, launchChromium } from '../browser.ts'
import { type Merchant, openMerchant } from './merchant.ts'

export const account = 'BROWSER0000000'
const secretKey = `sk_test_51${account}Secret`
const pictures = new URL('../screenshots/sandbox/', import.meta.url).pathname

/** A sandbox, a merchant on another site and a browser, all of one test file's own. */
export interface Stage {
  browser: Browser
  sandbox: string
  stripe: Stripe
  merchant: Merchant
  open(url: string, options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

export async function setStage(): Promise<Stage> {
  mkdirSync(pictures, { recursive: true })
  const app: FastifyInstance = await buildSandbox()
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const sandbox = `http://127.0.0.1:${port}`
  const stripe = new Stripe(secretKey, { host: '127.0.0.1', port, protocol: 'http' })
  const merchant = await openMerchant(stripe, sandbox, `pk_test_51${account}Public`)
  const browser = await launchChromium()
  return {
    browser,
    sandbox,
    stripe,
    merchant,
    async open(url, options = {}) {
      const page = await browser.newPage({
        viewport: { width: 1280, height: 900 },
        locale: 'en-US',
        ...options,
      })
      page.setDefaultTimeout(10_000)
      await page.goto(url)
      return page
    },
    async close() {
      await browser.close()
      await merchant.close()
      await app.close()
    },
  }
}

/** The frame inside an Element of the merchant's page, once it has drawn itself. */
export const frameOf = (page: Page, holder = '#payment'): Promise<Frame> => frameIn(page, holder)

/** Types a card into the Payment Element. */
export async function typeCard(page: Page, number: string, holder = '#payment'): Promise<Frame> {
  const frame = await frameOf(page, holder)
  await frame.fill('[name=number]', number)
  await frame.fill('[name=expiry]', '12 / 34')
  await frame.fill('[name=cvc]', '123')
  const postalCode = frame.locator('[name=postalCode]')
  if (await postalCode.isVisible()) await postalCode.fill('94103')
  return frame
}

/** What the merchant's page says in the end. */
export async function result(page: Page): Promise<string | null> {
  await page.locator('#result:not(:empty)').waitFor()
  return page.locator('#result').textContent()
}

/** A variable of the page's own scripts. */
export const read = <T>(page: Page | Frame, expression: string): Promise<T> => page.evaluate(expression)

/** A picture of the whole page, for a person to look at. Frames below the fold draw only once they are in view. */
export async function picture(page: Page, name: string): Promise<void> {
  const size = page.viewportSize()!
  const height = await read<number>(page, 'document.documentElement.scrollHeight')
  await page.setViewportSize({ width: size.width, height: Math.max(height, 500) })
  await page.waitForTimeout(250)
  await page.screenshot({ path: `${pictures}${name}.png` })
  await page.setViewportSize(size)
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with a page or a frame, as short lines. */
export async function findings(place: Page | Frame): Promise<string[]> {
  await place.evaluate(axe)
  // The heading of a page with frames is the page's own.
  const rules = { 'page-has-heading-one': { enabled: !('parentFrame' in place) } }
  return place.evaluate(async rules => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run({ iframes: false, rules })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' | ')}`)
  }, rules)
}
