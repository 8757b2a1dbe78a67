import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DEMO_STORE } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { frameOf, launchChromium, picture } from './browser.ts'
import { asPartner, orderBy, paymentsAtStripe, payWith, receipt } from './shopper.ts'

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

let service: DemoService
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([
    startDemo(process.env.TEST_DATABASE_URL || undefined),
    launchChromium(),
  ])
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
beforeEach(() => visit())

async function visit(options: object = {}): Promise<void> {
  await page?.context().close()
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    bypassCSP: true, // for axe alone
    ...options,
  })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
  await page.goto(`${service.url}/demo/order`)
}

const ready = () => page.waitForSelector('#element[aria-busy=false]')

async function findings(): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate<string[]>(
    'axe.run({ iframes: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + nodes[0].html))',
  )
}

async function wallet(name: string) {
  await (await frameOf(page, '#express-element')).click(`.Wallet-${name}`)
  return frameOf(page, 'dialog')
}

test('a wallet pays in one sheet: no card, no address typed, one payment', async () => {
  await ready()
  expect(await findings()).toEqual([])
  await picture(page, 'wallets')
  const before = await paymentsAtStripe(service)
  const sheet = await wallet('google_pay')
  await sheet.click('#pay')
  const code = await receipt(page)
  expect(await orderBy(service, code)).toMatchObject({
    status: 'paid',
    customer_email: expect.stringContaining('@'),
  })
  expect(await paymentsAtStripe(service)).toBe(before + 1)
})

test('a wallet that was put away again leaves the card form as it was', async () => {
  await ready()
  const sheet = await wallet('link')
  await sheet.click('#cancel')
  await payWith(page, '4242424242424242')
  await receipt(page)
})

test.each([
  ['dark', { colorScheme: 'dark' }],
  ['rtl', { locale: 'ar-EG' }],
] as const)('the wallets stand above the card form in %s', async (name, options) => {
  await visit(options)
  await ready()
  expect(await findings()).toEqual([])
  await picture(page, `wallets-${name}`)
  const top = async (id: string) => (await page.locator(id).boundingBox())!.y
  expect(await top('#express-element')).toBeLessThan(await top('#payment-element'))
})

test('where there is no wallet nothing of them is there', async () => {
  await page.context().route('**/stripe.js/assets/frames/expressCheckout.js', async route => {
    const answer = await route.fetch()
    const body = (await answer.text()).replace(
      "tell('ready', { availablePaymentMethods: available() })",
      "tell('ready', {})",
    )
    await route.fulfill({ response: answer, body })
  })
  await page.reload()
  await ready()
  expect(await page.locator('#express').count()).toBe(0)
  await picture(page, 'no-wallets')
})

/** How many declines of the newest order we have heard of. */
async function declines(): Promise<number> {
  const orders = `/stores/${DEMO_STORE}/orders`
  const { data } = (await asPartner(service, 'GET', `${orders}?limit=1`)) as { data: [{ id: string }] }
  const { timeline } = (await asPartner(service, 'GET', `${orders}/${data[0].id}`)) as { timeline: unknown[] }
  return timeline.length
}

test('declined too often: the button counts the seconds down, and the page says why', async () => {
  await ready()
  for (let time = 0; time < 4; time += 1) {
    await payWith(page, '4000000000009995')
    await page.getByText('The card does not have enough money').waitFor()
    await expect.poll(() => page.locator('#pay-button').getAttribute('aria-disabled')).toBeNull()
  }
  await expect.poll(declines).toBe(4)
  await payWith(page, '4242424242424242')
  await page.getByText('Too many tries in a short time.').waitFor()
  expect(await page.locator('#pay-button').textContent()).toMatch(/0:\d\d/)
  expect(await findings()).toEqual([])
  await picture(page, 'too-many-tries')
})
