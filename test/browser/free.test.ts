import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_STORE } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium, picture } from './browser.ts'
import { asPartner, FREE, paymentsAtStripe, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([
    startDemo(process.env.TEST_DATABASE_URL || undefined),
    launchChromium(),
  ])
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

test('a code that leaves nothing to pay: the card form goes, the order is completed, and Stripe hears nothing of it', async () => {
  const store = `/stores/${DEMO_STORE}`
  await asPartner(service, 'PUT', `${store}/discounts/GIFT`, { percentage: '100' })
  const before = await paymentsAtStripe(service)
  await page.goto(`${service.url}/demo/order`)
  await page.waitForSelector('#element[aria-busy=false]')
  await page.fill('#discount-code', 'gift')
  await page.press('#discount-code', 'Enter')
  await page.getByRole('button', { name: 'Complete order' }).waitFor()
  expect(await page.locator('#payment-element').count()).toBe(0)
  await picture(page, 'free-order')
  expect(await page.locator('.test-cards').count()).toBe(0)
  expect(await page.locator('main').textContent()).not.toMatch(/\bpa(y|id|ying|yment)\b/i)
  await page.press('#pay-button', 'Enter')
  await page.getByText('Please enter your e-mail address.').first().waitFor()
  await page.fill('#email', 'ann@example.com')
  await page.press('#pay-button', 'Enter')
  await receipt(page, FREE)
  await picture(page, 'free-receipt')
  expect(await page.locator('main').textContent()).not.toMatch(/\bpa(y|id|ying|yment)\b/i)
  expect(await paymentsAtStripe(service)).toBe(before)
})

async function findings(): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)')
  return violations.map(({ id, nodes }) => id + nodes[0]!.html)
}

test.each([
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['rtl', { locale: 'ar-EG' }],
] as const)(
  'an order of free products is completed in %s, by whoever reads its page',
  async (name, options) => {
    await asPartner(service, 'PUT', `/stores/${DEMO_STORE}/products/sample`, {
      name: 'Sample, 20 g',
      price: 0,
      currency: 'eur',
      shippable: false,
    })
    const { url } = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
      line_items: [{ product_id: 'sample', quantity: 2 }],
      success_url: `${service.url}/demo`,
      cancel_url: `${service.url}/demo`,
    })) as { url: string }
    await page.context().close()
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    context.setDefaultTimeout(15_000)
    page = await context.newPage()
    await page.goto(url)
    expect(await findings()).toEqual([])
    // GIFT is a code of this store's: not of an order that is free without one.
    for (const none of ['#discount-code', '.test-cards', '#element'])
      expect(await page.locator(none).count(), none).toBe(0)
    await picture(page, `free-cart-${name}`)
    await page.fill('#email', 'ann@example.com')
    await page.press('#pay-button', 'Enter')
    await page.locator('.facts-code').waitFor()
    expect(await page.locator('.receipt-head .badge').count()).toBe(0)
    expect(await findings()).toEqual([])
    await picture(page, `free-cart-receipt-${name}`)
  },
)
