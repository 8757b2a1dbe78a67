import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_OWNER, DEMO_STORE } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium, picture } from './browser.ts'
import { signIn } from './mailbox.ts'
import { payWith, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startDemo(process.env.TEST_DATABASE_URL), launchChromium()])
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

const at = (path: string) => `${service.url}/portal/${DEMO_STORE}${path}`

/** Looks for what keeps people out, and for what does not fit, on a desktop and on a phone, light and dark. */
async function clean(path: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: colorScheme === 'dark' ? 360 : 1280, height: 800 })
    await page.goto(at(path))
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), path).toBe(true)
    await page.evaluate(axe.source)
    const rules = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { runOnly: ${rules} })`)
    expect(violations.map(({ id, nodes }) => [path, id, nodes.map(({ target }) => target)])).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
}

test('an owner has everything fetched and finds what a payment is at Stripe', async () => {
  await page.goto(at('/stripe'))
  await signIn(page, service, DEMO_OWNER)
  await page.getByRole('heading', { name: 'Stripe data' }).waitFor()
  await picture(page, 'stripe-data-empty')

  await page.goto(at(''))
  await page.getByRole('button', { name: 'Open a demo checkout' }).first().click()
  await payWith(page, '4242424242424242')
  const code = await receipt(page)
  await page.goto(at('/stripe'))
  await page.getByRole('button', { name: /Fetch everything/ }).click()
  await page.getByText('It begins within a minute').first().waitFor()
  await picture(page, 'stripe-data-waiting')
  await clean('/stripe')

  await page.goto(at('/orders'))
  await page.getByRole('link', { name: code }).click()
  await page.getByRole('heading', { name: 'At Stripe' }).waitFor()
  await picture(page, 'stripe-data-order')
  await page.getByRole('link', { name: /^pi_/ }).first().click()
  await page.getByRole('heading', { name: 'The whole object' }).waitFor()
  await picture(page, 'stripe-data-object')
  const object = new URL(page.url())
  await clean(`${object.pathname.replace(`/portal/${DEMO_STORE}`, '')}${object.search}`)
  await page.getByRole('link', { name: 'Payments' }).last().click()
  await page.getByText('succeeded').first().waitFor()
  await picture(page, 'stripe-data-list')
  await clean('/stripe/payment_intent?mode=test')
})
