import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DemoService, startDemo } from '../harness/service.ts'
import { frameOf, launchChromium, picture } from './browser.ts'
import { payWith, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startDemo(undefined), launchChromium()])
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
  await page.goto(`${service.url}/demo/order`)
})

/** Pays with iDEAL, up to the bank's page. */
async function goToBank(): Promise<void> {
  await page.waitForSelector('#element[aria-busy=false]')
  await page.fill('#email', 'ann@example.com')
  const frame = await frameOf(page, '#payment-element')
  await frame.check('[value=ideal]', { force: true })
  const name = frame.locator('[name=name]:visible')
  if ((await name.count()) > 0) await name.fill('Ann Shopper')
  await page.click('#pay-button')
  await page.getByRole('button', { name: 'Authorise test payment' }).waitFor()
}

const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()')

test('refused at the bank, the shopper comes back to a page that says so, and pays by card', async () => {
  const address = page.url()
  await goToBank()
  await page.click('#fail')
  const words =
    'The payment was not confirmed with your bank. Please try again or use another payment method.'
  await page.getByText(words).waitFor()
  expect(page.url()).toBe(address)
  await page.waitForSelector('#element[aria-busy=false]')
  expect(await focused()).toBe(words)
  await picture(page, 'refused-at-bank')
  await payWith(page, '4242424242424242')
  await receipt(page)
})

test('authorised at the bank, the shopper comes back to the receipt', async () => {
  await goToBank()
  await page.click('#complete')
  await receipt(page)
})

test.each([
  ['4000000000009995', 'The card does not have enough money for this payment. Please use another card.'],
  ['4000000000000069', 'The card has expired. Please use another card.'],
  ['4000000000009979', 'The payment was declined. Please use another card, or ask your bank.'],
])('a declined %s is still explained after a reload', async (number, words) => {
  await payWith(page, number)
  await page.getByText(words).waitFor()
  await page.reload()
  await page.getByText(words).waitFor()
  await page.waitForSelector('#element[aria-busy=false]')
  expect(await focused()).toBe(words)
})
