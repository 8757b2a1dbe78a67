import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DEMO_STORE } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { frameOf, launchChromium, picture, typeCardInto } from './browser.ts'
import { asPartner, orderBy, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser
let page: Page
let order: { order_id: string; url: string; confirmation_code: string }

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
beforeEach(async () => {
  await page?.context().close()
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
  order = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
    ui: 'stripe',
    line_items: [{ product_id: 'mug', quantity: 2 }],
    success_url: `${service.url}/demo/shop`,
    cancel_url: `${service.url}/demo/shop`,
  })) as typeof order
  await page.goto(order.url)
})

const status = async () => (await orderBy(service, order.confirmation_code))?.status

async function payByCard(number: string): Promise<void> {
  await page.waitForSelector('#pay:enabled')
  await page.fill('#email', 'ann@example.com')
  await typeCardInto(page, '#payment', number)
  await page.click('#pay')
}

test("the order is paid on Stripe's page, and the shopper comes back to the receipt", async () => {
  expect(page.url()).toContain('/console/checkout/cs_test_')
  await picture(page, 'stripe-page')
  await payByCard('4242424242424242')
  expect(await receipt(page)).toBe(order.confirmation_code)
  expect(page.url()).toBe(order.url)
  await picture(page, 'stripe-page-receipt')
  await page
    .getByRole('link', { name: /Back to the shop|Back to/ })
    .first()
    .click()
  await page.waitForURL('**/demo/shop')
})

test('declined there, then another card there: paid', async () => {
  await payByCard('4000000000009995')
  await page.getByText('Your card has insufficient funds.').waitFor()
  await expect.poll(status).toBe('failed')
  await payByCard('4242424242424242')
  expect(await receipt(page)).toBe(order.confirmation_code)
})

test('paid from a bank account: the page says that it takes time, and turns into the receipt', async () => {
  await page.waitForSelector('#pay:enabled')
  await page.fill('#email', 'ann@example.com')
  const frame = await frameOf(page, '#payment')
  await frame.check('[value=sepa_debit]', { force: true })
  await frame.fill('[name=iban]', 'DE89370400440532013000')
  await frame.fill('[name=name]:visible', 'Ann Shopper')
  await frame.fill('[name=email]:visible', 'ann@example.com')
  await page.click('#pay')
  await page.getByRole('heading', { name: 'Your bank is working on it' }).waitFor()
  await page
    .getByRole('heading', { name: 'Thank you, your payment went through' })
    .waitFor({ timeout: 40_000 })
})

test('back without paying, then in again: the same page, still open', async () => {
  const address = page.url()
  await page.click('#cancel')
  await page.waitForURL('**/demo/shop')
  await page.goto(order.url)
  expect(page.url()).toBe(address)
})

test('cancelled by the shop: our page says so, and the one at Stripe takes nothing any more', async () => {
  const address = page.url()
  await asPartner(service, 'POST', `/stores/${DEMO_STORE}/orders/${order.order_id}/cancel`)
  await page.goto(order.url)
  await page.getByRole('heading', { name: /cancelled/i }).waitFor()
  await picture(page, 'stripe-page-cancelled')
  await page.goto(address)
  await page.getByText('This checkout has expired').waitFor()
})

test('when its time is over, our page says so', async () => {
  await service.sql(
    "update checkout_sessions set expires_at = now() - interval '1 minute' where order_id = $1",
    [order.order_id],
  )
  await page.goto(order.url)
  await page.getByRole('heading', { name: 'This checkout has expired' }).waitFor()
})
