import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_OWNER, DEMO_STORE, OPEN_STORE, OPEN_STORE_KEYS } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium, picture } from './browser.ts'
import { askForCode } from './mailbox.ts'
import { payWith, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startDemo(undefined), launchChromium()])
  page = await newPage()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

async function newPage(options = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(15_000)
  const made = await context.newPage()
  made.on('pageerror', error => complaints.push(error.message))
  return made
}

const at = (path: string, store = DEMO_STORE) => `${service.url}/portal/${store}${path}`
const heading = (name: string | RegExp, on = page) => on.getByRole('heading', { name }).first().waitFor()

test('an owner comes by the bare connect address, signs in by code and connects the store', async () => {
  const back = at('/payments', OPEN_STORE)
  await page.goto(
    `${service.url}/stripe/connect?${new URLSearchParams({ store_id: OPEN_STORE, return_url: back })}`,
  )
  await heading('Sign in')
  await picture(page, 'sign-in')
  const code = await askForCode(page, service, DEMO_OWNER)
  await picture(page, 'code')
  await page.fill('#code', '0000 0000')
  await page.click('button[type=submit]')
  await page.getByText('4 tries are left').waitFor()
  await page.fill('#code', code)
  await page.click('button[type=submit]')

  await heading('Connect Second Store to Stripe')
  await page.fill('#publishable_key', OPEN_STORE_KEYS.publishable_key)
  await page.fill('#secret_key', OPEN_STORE_KEYS.secret_key)
  await page.click('#connect-button')
  await page.waitForURL(back)
  await page.getByText('Takes payments', { exact: true }).waitFor()
})

test('a new owner is told what is left to do, and sees the checkout as shoppers do', async () => {
  await page.goto(at('', OPEN_STORE))
  await heading('Get ready to sell')
  await page.getByRole('button', { name: 'Open a demo checkout' }).first().click()
  await payWith(page, '4242424242424242')
  const code = await receipt(page)
  await page.goto(at('/orders', OPEN_STORE))
  await page.getByRole('link', { name: code }).click()
  await heading(code)
  await page.getByText('Paid', { exact: true }).first().waitFor()
  await picture(page, 'portal-order')
})

test('a product is added, a mistake is said at its field', async () => {
  await page.goto(at('/products'))
  await page.getByRole('link', { name: 'New product' }).click()
  await page.fill('#name', 'Tea towel')
  await page.fill('#price', 'ten')
  await page.getByRole('button', { name: 'Add product' }).click()
  await page.getByText('Write the price as a number').first().waitFor()
  expect(await page.inputValue('#name')).toBe('Tea towel')
  await page.fill('#price', '10')
  await page.getByRole('button', { name: 'Add product' }).click()
  await page.getByRole('link', { name: 'Tea towel' }).waitFor()
})

test('the colour is previewed while it is typed, with text that can be read on it', async () => {
  await page.goto(at('/settings'))
  await page.fill('#color', '#ffd23f')
  await page.locator('.preview.ink-dark rect[fill="#ffd23f"]').waitFor({ state: 'attached' })
  await page.fill('#color', '#0f4c3a')
  await page.locator('.preview.ink-light rect[fill="#0f4c3a"]').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Save settings' }).click()
  await page.getByText('Settings saved.').waitFor()
})

const PAGES = [
  '',
  '/orders',
  '/payments',
  '/payments/troubleshooting',
  '/products',
  '/products/mug',
  '/products/new',
  '/pricing/shipping',
  '/pricing/shipping/new',
  '/pricing/discounts',
  '/pricing/discounts/new',
  '/pricing/taxes',
  '/pricing/taxes/new',
  '/settings',
  '/activity',
]

test.each([
  ['on a desktop', { viewport: { width: 1280, height: 800 } }],
  ['on a phone, in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
])('everybody can use every page: %s', async (_name, look) => {
  const other = await newPage({ ...look, storageState: await page.context().storageState() })
  for (const path of PAGES) {
    await other.goto(at(path))
    expect(await other.evaluate('document.documentElement.scrollWidth <= innerWidth'), path).toBe(true)
    await other.evaluate(axe.source)
    await other.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true')
    const rules = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    const { violations } = await other.evaluate<AxeResults>(`axe.run(document, { runOnly: ${rules} })`)
    expect(violations.map(({ id, nodes }) => [path, id, nodes.map(({ target }) => target)])).toEqual([])
  }
  await other.context().close()
})

test('the menu folds away on a phone, and the whole portal works without a script', async () => {
  const options = { viewport: { width: 360, height: 740 }, javaScriptEnabled: false }
  const plain = await newPage({ ...options, storageState: await page.context().storageState() })
  await plain.goto(at(''))
  expect(await plain.getByRole('link', { name: 'Activity' }).isVisible()).toBe(false)
  await plain.getByText('Menu').click()
  await plain.getByRole('link', { name: 'Activity' }).click()
  await plain.getByText('Added the product “Tea towel”').waitFor()
  await plain.context().close()
})

test('pictures of every page, for a person to look at', async () => {
  for (const path of PAGES) {
    await page.goto(at(path))
    const name = `portal${path.replaceAll('/', '-') || '-overview'}`
    await picture(page, name, { readme: path === '' ? [1280] : [] })
  }
})

test('signing out ends it here', async () => {
  await page.goto(at(''))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await heading('Sign in')
  await page.goto(at('/orders'))
  await heading('Sign in')
  expect(complaints).toEqual([])
})
