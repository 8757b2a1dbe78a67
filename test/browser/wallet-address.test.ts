import { readFileSync } from 'node:fs'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DEMO_STORE } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { frameOf, launchChromium, picture } from './browser.ts'
import { asPartner, paymentsAtStripe, receipt } from './shopper.ts'

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

let service: DemoService
let browser: Browser
let page: Page

const terms = (path: string, body: object) => asPartner(service, 'PUT', `/stores/${DEMO_STORE}/${path}`, body)
const salesTax = { name: 'Sales tax', inclusive: false, country: 'US', region: 'NY' }

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startDemo(undefined), launchChromium()])
  const countries = ['DE', 'US']
  await terms('shipping-rates/standard', { name: 'Standard', amount: '4.90', free_from: '60.00', countries })
  await terms('shipping-rates/express', { name: 'Express', amount: '12.90', countries: ['DE'] })
  await terms('tax-rates/ny', { ...salesTax, percentage: '8.875' })
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
afterEach(() => page?.context().close())

/** Opens the pay page of two mugs that are sent somewhere. */
async function visit(options: object = {}, quantity = 2): Promise<string> {
  const viewport = { width: 1280, height: 800 }
  const context = await browser.newContext({ locale: 'en-US', viewport, bypassCSP: true, ...options })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
  const { url, order_id } = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
    line_items: [{ product_id: 'mug', quantity }],
    shipping_countries: ['DE', 'GB', 'US'],
    success_url: `${service.url}/demo`,
    cancel_url: `${service.url}/demo`,
  })) as { url: string; order_id: string }
  await page.goto(url)
  await page.waitForSelector('#element[aria-busy=false]')
  return order_id
}

async function openSheet(): Promise<Frame> {
  await (await frameOf(page, '#express-element')).click('.Wallet-google_pay')
  return frameOf(page, 'dialog')
}

const total = (sheet: Frame, text: string) => sheet.locator('.Total', { hasText: text }).waitFor()
const payLabel = (text: string) => page.locator('#pay-button', { hasText: text }).waitFor()
const orderOf = (id: string) => asPartner(service, 'GET', `/stores/${DEMO_STORE}/orders/${id}`)

async function findings(place: Page | Frame): Promise<string[]> {
  await place.evaluate(axe)
  return place.evaluate<string[]>(
    'axe.run({ iframes: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + nodes[0].html))',
  )
}

/** The newest PaymentIntent of the demo store at Stripe. */
async function newestPayment() {
  const answer = await fetch(`${service.sandboxUrl}/v1/payment_intents?limit=1`, {
    headers: { authorization: 'Bearer sk_test_51FERNKETTLE0001Secret' },
  })
  return ((await answer.json()) as { data: [object] }).data[0]
}

test('a wallet says where it goes and how, sees each price, and pays exactly the last one', async () => {
  const order = await visit()
  expect(await findings(page)).toEqual([])
  await picture(page, 'wallet-address-page')
  const sheet = await openSheet()
  await total(sheet, '€40.90')
  await sheet.selectOption('#address', { label: '350 Fifth Avenue, New York' })
  await total(sheet, '€44.10')
  expect(await sheet.locator('#rate option').allTextContents()).toEqual(['Standard: €4.90'])
  await sheet.selectOption('#address', { label: 'Unter den Linden 77, Berlin' })
  await total(sheet, '€40.90')
  await sheet.selectOption('#rate', { label: 'Express: €12.90' })
  await total(sheet, '€48.90')
  expect(await findings(sheet)).toEqual([])
  await picture(page, 'wallet-address-sheet', { window: true })
  await sheet.click('#pay')
  await receipt(page)
  expect(await orderOf(order)).toMatchObject({
    status: 'paid',
    amount: 4890,
    customer_email: 'ada.wallet@example.com',
    shipping: { name: 'Express', country: 'DE', postal_code: '10117' },
  })
  expect(await newestPayment()).toMatchObject({
    amount: 4890,
    amount_received: 4890,
    shipping: {
      name: 'Ada Wallet',
      address: { line1: 'Unter den Linden 77', city: 'Berlin', postal_code: '10117', country: 'DE' },
    },
  })
})

test('a rate that is free from some worth on is free in the sheet too', async () => {
  await visit({}, 4)
  const sheet = await openSheet()
  await total(sheet, '€72.00')
  // With nothing to ship for, the total is the same before the sheet knows the rates.
  await expect.poll(() => sheet.locator('#rate option').allTextContents()).toEqual(['Standard: €0.00'])
})

test('where the shop does not ship, the sheet says so and takes no money; put away, the typed address counts again', async () => {
  await visit()
  const address = await frameOf(page, '#address-element')
  await address.fill('[name=name]', 'Ada Shopper')
  await address.selectOption('[name=country]', 'US')
  await address.fill('[name=line1]', '1 Main Street')
  await address.fill('[name=postalCode]', '10001')
  await address.fill('[name=city]', 'New York')
  await address.fill('[name=state]', 'NY')
  await payLabel('€44.10')
  const sheet = await openSheet()
  await total(sheet, '€40.90')
  await sheet.selectOption('#address', { label: '221B Baker Street, London' })
  await sheet.getByText('This address cannot be shipped to.').waitFor()
  expect(await sheet.isDisabled('#pay')).toBe(true)
  await sheet.click('#cancel')
  await payLabel('€44.10')
})

test('a price that changes while the sheet is open is not charged: the page shows it first', async () => {
  const order = await visit()
  const before = await paymentsAtStripe(service)
  const sheet = await openSheet()
  await sheet.selectOption('#address', { label: '350 Fifth Avenue, New York' })
  await total(sheet, '€44.10')
  await terms('tax-rates/ny', { ...salesTax, percentage: '10' })
  await sheet.click('#pay')
  await page.getByText('The total has changed.').waitFor()
  await payLabel('€44.50')
  expect(await findings(page)).toEqual([])
  await picture(page, 'wallet-address-changed')
  expect(await paymentsAtStripe(service)).toBe(before)
  const again = await openSheet()
  await again.selectOption('#address', { label: '350 Fifth Avenue, New York' })
  await total(again, '€44.50')
  await again.click('#pay')
  await receipt(page)
  expect(await orderOf(order)).toMatchObject({ status: 'paid', amount: 4450 })
})

test.each([
  ['dark', { colorScheme: 'dark' }],
  ['rtl', { locale: 'ar-EG' }],
] as const)('wallets stand above the address in %s', async (name, options) => {
  await visit(options)
  expect(await findings(page)).toEqual([])
  await picture(page, `wallet-address-${name}`)
  const top = async (id: string) => (await page.locator(id).boundingBox())!.y
  expect(await top('#express-element')).toBeLessThan(await top('#email'))
  expect(await top('#email')).toBeLessThan(await top('#address-element'))
})
