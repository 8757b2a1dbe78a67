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
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

/** What the owner does in the Stripe dashboard. */
async function atStripe(path: string, fields: Record<string, string>) {
  const answer = await fetch(`${service.sandboxUrl}/v1/tax/${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_51FERNKETTLE0001Dashboard' },
    body: new URLSearchParams(fields),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

const control = (method: string, path: string, body?: object) =>
  fetch(`${service.sandboxUrl}/console/api/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })

/** A sum as it is read; null while it is not shown. */
const sum = async (name: string) => {
  const row = page.locator(`.totals [data-sum=${name}]`)
  return (await row.isVisible()) ? row.locator('.amount').textContent() : null
}
const payLabel = (text: string) => page.locator('#pay-button', { hasText: text }).waitFor()

test('the owner chooses Stripe Tax as soon as the Stripe account has it', async () => {
  const link = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/portal-links`, {
    path: '/pricing/tax-method',
  })) as { url: string }
  await page.goto(link.url)
  await page.click('main button[type=submit]')
  await page.getByLabel('Stripe Tax', { exact: false }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Nothing was changed').waitFor()
  expect(await page.locator('[role=alert]').textContent()).toContain('it lacks: head office')
  await picture(page, 'tax-method-refused')

  await atStripe('settings', { 'head_office[address][country]': 'DE' })
  await atStripe('registrations', {
    country: 'US',
    active_from: 'now',
    'country_options[us][type]': 'state_sales_tax',
    'country_options[us][state]': 'CA',
  })
  await page.getByLabel('Stripe Tax', { exact: false }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('New checkouts are taxed that way').waitFor()
  expect(await page.locator('main').textContent()).toContain('worked out by Stripe Tax')
  await picture(page, 'tax-method-chosen')
})

test('the shopper sees the tax before paying it, and what to do when it cannot be worked out', async () => {
  const opened = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
    line_items: [{ product_id: 'mug', quantity: 2 }],
    success_url: `${service.url}/demo`,
    cancel_url: `${service.url}/demo`,
  })) as { url: string; order_id: string }
  await page.goto(opened.url)
  await page.waitForSelector('#element[aria-busy=false]')
  expect(await sum('tax')).toBe('Known once you enter your address')
  await picture(page, 'tax-open')

  const address = await frameOf(page, '#address-element')
  await address.fill('[name=name]', 'Ada Shopper')
  await address.selectOption('[name=country]', 'US')
  await address.fill('[name=line1]', '1 Market Street')
  await address.fill('[name=city]', 'San Francisco')
  await address.fill('[name=state]', 'CA')
  await address.fill('[name=postalCode]', '00000')
  await page.getByText('Please check the postal code and the region').first().waitFor()
  await picture(page, 'tax-nowhere')
  await page.fill('#email', 'ann@example.com')
  await typeCard(page, '4242424242424242')
  await page.press('#pay-button', 'Enter')
  await page.locator('#problem').getByText('Please check the postal code and the region').waitFor()

  await control('POST', 'faults', { match: 'POST /v1/tax/calculations', kind: '429', times: 20 })
  await address.fill('[name=postalCode]', '94103')
  await page.locator('#address-problem').getByText('cannot be worked out right now').waitFor()
  await control('DELETE', 'faults')
  // Asked again by the button; the total that comes of it is seen before it is paid.
  await page.press('#pay-button', 'Enter')
  await page.getByText('The total has changed').waitFor()
  await payLabel('€39.11')
  expect([await sum('tax'), await sum('total')]).toEqual(['€3.11', '€39.11'])
  await picture(page, 'tax-known')
  await page.press('#pay-button', 'Enter')
  await receipt(page)
  expect([await sum('tax'), await sum('total')]).toEqual(['€3.11', '€39.11'])
  await picture(page, 'tax-receipt')
  const order = await asPartner(service, 'GET', `/stores/${DEMO_STORE}/orders/${opened.order_id}`)
  expect(order).toMatchObject({ status: 'paid', amount: 3911, totals: { tax: 311 } })
})
