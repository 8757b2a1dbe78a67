import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium } from './browser.ts'
import { payWith, receipt } from './shopper.ts'

let service: DemoService
let browser: Browser

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

async function openPage() {
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
  page.setDefaultTimeout(15_000)
  return page
}

test('while somebody pays the page runs the scripts of the inventory, and nothing else', async () => {
  const inventory = readFileSync(new URL('../../docs/payment-page-scripts.md', import.meta.url), 'utf8')
  const page = await openPage()
  const debug = await page.context().newCDPSession(page)
  const ran = new Set<string>()
  // What Playwright evaluates itself has no address. Frames of another site have a process, and scripts, of their own.
  debug.on('Debugger.scriptParsed', ({ url }) => url.startsWith('http') && ran.add(new URL(url).pathname))
  await debug.send('Debugger.enable')
  await page.goto(`${service.url}/demo/order`)
  await payWith(page, '4242424242424242')
  await receipt(page)
  const names = [...ran].map(path => path.split('/').at(-1)!)
  expect(names).toContain('checkout.js')
  const sandbox = ['stripe.js'] // the stand-in for Stripe.js, from its own origin
  const foreign = names.filter(name => !sandbox.includes(name) && !inventory.includes(`\`${name}\``))
  expect(foreign).toEqual([])
})

test('a script that somebody wrote into the page does not run, and the service hears of it', async () => {
  const page = await openPage()
  await page.goto(`${service.url}/demo/order`)
  const reported = page.waitForResponse(answer => answer.url().endsWith('/page-violations'))
  await page.evaluate(`document.head.append(Object.assign(document.createElement('script'), {
    src: 'https://evil.example/skimmer.js', onload: () => { window.skimmed = true } }))`)
  expect((await reported).status()).toBe(204)
  expect(await page.evaluate('window.skimmed')).toBeUndefined()
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  expect(metrics).toMatch(/owntill_page_violations_total\{[^}]*rule="script-src"[^}]*\} [1-9]/)
})

// checkout.js imports wallets.js: an import has no hash of its own, but the tag before it has.
test.each(['checkout.js', 'wallets.js'])('%s does not run when it was changed on its way', async name => {
  const page = await openPage()
  await page.context().route(`**/${name}`, async route => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: `${await answer.text()};window.skimmed = true` })
  })
  await page.goto(`${service.url}/demo/order`, { waitUntil: 'load' })
  expect(await page.evaluate('window.skimmed')).toBeUndefined()
  expect(await page.locator('#pay-button').isDisabled()).toBe(true)
})
