import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_STORE } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { frameOf, launchChromium, picture, typeCard } from './browser.ts'
import { asPartner, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startDemo(undefined), launchChromium()])
  const terms = {
    'shipping-rates/standard': { name: 'Standard, 3 to 5 days', amount: '4.90', free_from: '60.00' },
    'shipping-rates/express': { name: 'Express <b>tomorrow</b>', amount: '12.90', countries: ['DE', 'AT'] },
    'tax-rates/de': { name: 'USt', percentage: '19', inclusive: true, country: 'DE', shipping: true },
    'tax-rates/ny': { name: 'Sales tax', percentage: '8.875', inclusive: false, country: 'US', region: 'NY' },
    'discounts/SPRING15': { percentage: '15' },
    'discounts/OVER': { percentage: '15', ends_at: '2020-01-01T00:00:00Z' },
  }
  for (const [path, body] of Object.entries(terms)) {
    await asPartner(service, 'PUT', `/stores/${DEMO_STORE}/${path}`, body)
  }
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

const back = () => ({ success_url: `${service.url}/demo`, cancel_url: `${service.url}/demo` })
const open = (more: object = {}) =>
  asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
    line_items: [{ product_id: 'mug', quantity: 2 }],
    ...back(),
    ...more,
  }) as Promise<{ url: string; order_id: string }>

/** The sum with this name, as the shopper reads it; null while it is not shown. */
const sum = async (name: string) => {
  const row = page.locator(`.totals [data-sum=${name}]`)
  return (await row.isVisible()) ? row.locator('.amount').textContent() : null
}
const payLabel = (text: string) => page.locator('#pay-button', { hasText: text }).waitFor()

test('the address and the way it is sent, a code, and the payment: one total everywhere', async () => {
  const { url, order_id } = await open({ shipping_countries: ['DE', 'AT', 'US'] })
  await page.goto(url)
  await page.waitForSelector('#element[aria-busy=false]')
  await picture(page, 'pricing-open')

  const address = await frameOf(page, '#address-element')
  await address.fill('[name=name]', 'Ada Shopper')
  await address.selectOption('[name=country]', 'US')
  await address.fill('[name=line1]', '1 Main Street')
  await address.fill('[name=postalCode]', '10001')
  await address.fill('[name=city]', 'New York')
  await address.fill('[name=state]', 'NY')
  await payLabel('€44.10')
  expect([await sum('shipping'), await sum('tax'), await sum('tax_included')]).toEqual([
    '€4.90',
    '€3.20',
    null,
  ])
  await address.selectOption('[name=country]', 'DE')
  await address.fill('[name=state]', '')
  await payLabel('€40.90')
  await page.getByLabel('Express').focus()
  await page.keyboard.press('Space')
  await payLabel('€48.90')
  expect(await page.locator('#rates b').count()).toBe(0)

  await page.fill('#discount-code', 'over')
  await page.click('#discount-apply')
  await page.getByText('This code has expired.').waitFor()
  await page.fill('#discount-code', 'spring15')
  await page.click('#discount-apply')
  await payLabel('€43.50')
  expect([await sum('subtotal'), await sum('discount'), await sum('total')]).toEqual([
    '€36.00',
    '-€5.40',
    '€43.50',
  ])
  await picture(page, 'pricing-chosen')

  await page.fill('#email', 'ann@example.com')
  await typeCard(page, '4242424242424242')
  // By keyboard, as the shipping method above: after a picture Chromium hits frames where they were before.
  await page.focus('#pay-button')
  await page.keyboard.press('Enter')
  await receipt(page)
  expect([await sum('discount'), await sum('shipping'), await sum('total')]).toEqual([
    '-€5.40',
    '€12.90',
    '€43.50',
  ])
  await picture(page, 'pricing-receipt')
  const order = (await asPartner(service, 'GET', `/stores/${DEMO_STORE}/orders/${order_id}`)) as object
  expect(order).toMatchObject({ status: 'paid', amount: 4350, discount: { code: 'SPRING15' } })
})

test('a price that another tab changed is seen before it is paid', async () => {
  const { url } = await open()
  await page.goto(url)
  const other = await page.context().newPage()
  await other.goto(url)
  await other.fill('#discount-code', 'SPRING15')
  await other.click('#discount-apply')
  await other.locator('#pay-button', { hasText: '€30.60' }).waitFor()
  await other.close()

  await page.waitForSelector('#element[aria-busy=false]')
  await page.fill('#email', 'ann@example.com')
  await typeCard(page, '4242424242424242')
  await page.click('#pay-button')
  await payLabel('€30.60')
  expect(await sum('discount')).toBe('-€5.40')
  await page.click('#discount-remove')
  await payLabel('€36.00')
})

test('until when the goods are kept is said by the shopper’s own clock', async () => {
  const bowl = { name: 'Bowl', price: '12.00', currency: 'eur', stock: 5 }
  await asPartner(service, 'PUT', `/stores/${DEMO_STORE}/products/bowl`, bowl)
  const { url } = await open({ line_items: [{ product_id: 'bowl', quantity: 1 }] })
  const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Asia/Tokyo' })
  const shopper = await context.newPage()
  await shopper.goto(url)
  await shopper.waitForSelector('#element[aria-busy=false]')
  const kept = shopper.locator('#held-until')
  const inTokyo = async () => {
    const at = new Date((await kept.getAttribute('datetime'))!)
    return at.toLocaleTimeString('de-DE', { hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Tokyo' })
  }
  expect(await kept.textContent()).toBe(await inTokyo())
  expect((await shopper.locator('.pay-note').first().textContent())!.trim()).toBe(
    `Die Artikel sind bis ${await inTokyo()} reserviert.`,
  )
  await picture(shopper, 'held')
  await context.close()
})
