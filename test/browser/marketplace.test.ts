import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_OWNER, DEMO_STORE } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium, picture } from './browser.ts'
import { signIn } from './mailbox.ts'
import { asPartner, payWith, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser
let owner: Page
let vendor: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startDemo(process.env.TEST_DATABASE_URL), launchChromium()])
  owner = await newPage()
  vendor = await newPage()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

async function newPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(15_000)
  return context.newPage()
}

const at = (path: string) => `${service.url}/portal/${DEMO_STORE}${path}`
const desk = (path: string) => `${service.url}/vendor/${DEMO_STORE}/harbour-pottery${path}`
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor()

async function signInAt(page: Page, email: string, to: string): Promise<void> {
  await page.goto(to)
  await signIn(page, service, email)
  await page.waitForURL(to)
}

test('an owner adds a vendor, who goes through the onboarding and can be paid', async () => {
  await signInAt(owner, DEMO_OWNER, at('/vendors'))
  await heading(owner, 'No vendors yet')
  await owner.getByRole('link', { name: 'New vendor' }).click()
  await owner.fill('#name', 'Harbour Pottery')
  await owner.fill('#email', 'clay@harbour.example')
  await owner.fill('#country', 'DE')
  await owner.fill('#commission', '12,5')
  await owner.getByRole('button', { name: 'Add vendor' }).click()
  await owner.getByText('Vendor saved.').waitFor()
  await owner.getByRole('button', { name: 'Make an onboarding link' }).click()
  await heading(owner, 'Harbour Pottery')
  await picture(owner, 'vendor-link')
  const link = await owner.locator('.copy code').first().textContent()

  await vendor.goto(link!)
  await heading(vendor, 'Get paid by Fern & Kettle')
  await picture(vendor, 'vendor-onboarding')
  await vendor.getByRole('link', { name: 'Start at Stripe' }).click()
  await vendor.click('#review')
  await vendor.getByText('In review').waitFor()
  await vendor.getByRole('link', { name: 'Open it at Stripe' }).click()
  await vendor.click('#finish')
  await vendor.getByText('All done').waitFor()
  await owner.goto(at('/vendors/harbour-pottery'))
  await owner.getByText('Connected', { exact: true }).waitFor()
})

let code: string
/** Vendors are paid beside the requests. */
const SOON = { timeout: 15_000 }

test('a shopper pays once, and the money is split', async () => {
  const lines = [
    { name: 'Vase, sea green', price: '80.00', quantity: 1, vendor_id: 'harbour-pottery' },
    { name: 'Gift wrapping', price: '3.50', quantity: 1 },
  ]
  const { url } = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
    line_items: lines,
    success_url: service.url,
    cancel_url: service.url,
    reference: 'booking-17',
  })) as { url: string }
  const shopper = await newPage()
  await shopper.goto(url)
  await payWith(shopper, '4242424242424242')
  code = await receipt(shopper)
  await expect
    .poll(async () => {
      await owner.goto(at('/orders?q=booking-17'))
      await owner.getByRole('link', { name: code }).click()
      await owner.getByRole('heading', { name: code }).waitFor()
      return owner.getByText('Paid by Stripe').isVisible()
    }, SOON)
    .toBe(true)
  await heading(owner, 'Who gets what')
  await owner.getByText('€70.00', { exact: true }).waitFor()
  await picture(owner, 'vendor-order')
})

test('a part is refunded, and the vendor gives back its part of that', async () => {
  await owner.getByRole('link', { name: 'Refund', exact: true }).click()
  await owner.fill('#amount', '16.70')
  await owner.getByText('Your commission is given back in proportion').click()
  await picture(owner, 'vendor-refund')
  await owner.getByRole('button', { name: 'Continue' }).click()
  await owner.getByText('Your commission is given back in proportion').waitFor()
  await owner.getByRole('button', { name: 'Refund €16.70' }).click()
  await owner.getByText('Refunded. The shopper is told by mail.').waitFor()
  await owner.getByText('€56.00', { exact: true }).waitFor()
})

test('the vendor signs in and sees its orders and its statement, which agrees with Stripe', async () => {
  await signInAt(vendor, 'clay@harbour.example', desk('/statement'))
  await vendor.getByText('Agrees with Stripe').first().waitFor()
  await vendor.getByText('€56.00', { exact: true }).first().waitFor()
  await vendor.getByRole('link', { name: 'Orders' }).click()
  await vendor.getByText(code).waitFor()
  expect(await vendor.getByText('Gift wrapping').count()).toBe(0)
  await vendor.goto(at('/orders'))
  await heading(vendor, 'This page does not exist')
})

test('what Stripe cannot pay is paid by hand and marked', async () => {
  await asPartner(service, 'PUT', `/stores/${DEMO_STORE}/vendors/lantern-boats`, {
    name: 'Lantern Boats',
    email: 'boats@harbour.example',
    country: 'DE',
  })
  const { url } = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
    line_items: [{ name: 'Evening tour', price: '50.00', quantity: 1, vendor_id: 'lantern-boats' }],
    success_url: service.url,
    cancel_url: service.url,
  })) as { url: string }
  const shopper = await newPage()
  await shopper.goto(url)
  await payWith(shopper, '4242424242424242')
  await receipt(shopper)
  await expect
    .poll(async () => {
      await owner.goto(at('/payouts'))
      return owner.getByText('Lantern Boats').isVisible()
    }, SOON)
    .toBe(true)
  await owner.getByText('€45.00', { exact: true }).waitFor()
})

test('everybody can use every page, on a desktop and on a phone in the dark', async () => {
  const pages: [Page, string][] = [
    ...[
      '/vendors',
      '/vendors/new',
      '/vendors/harbour-pottery',
      '/vendors/harbour-pottery/statement',
      '/payouts',
    ].map((path): [Page, string] => [owner, at(path)]),
    ...['', '/statement', '/account'].map((path): [Page, string] => [vendor, desk(path)]),
  ]
  for (const [page, address] of pages) {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: colorScheme === 'dark' ? 360 : 1280, height: 800 })
      await page.goto(address)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), address).toBe(true)
      await page.evaluate(axe.source)
      const rules = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ${rules} })`)
      expect(violations.map(({ id, nodes }) => [address, id, nodes.map(({ target }) => target)])).toEqual([])
    }
    await picture(page, `market${new URL(address).pathname.replaceAll(/[/]|[\da-f-]{36}/g, '-')}`)
  }
})

test('a payout that was made is marked, and leaves the list', async () => {
  await owner.goto(at('/payouts'))
  await owner.fill('.payout-form input[type=text]', 'Bank transfer 17')
  await owner.getByRole('button', { name: 'Mark as paid' }).click()
  await owner.getByText('Marked as paid.').waitFor()
  await heading(owner, 'Nothing to pay by hand')
})
