// Draws every page in Chromium, at a phone's and a desktop's width, light and dark, and asks axe about each.
// node test/views/preview.ts FOLDER [part of a name]
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import axe, { type AxeResults } from 'axe-core'
import Fastify from 'fastify'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { PickedLocale } from '../../src/lib/languages.ts'
import { assets } from '../../src/sandbox/browser/assets.ts'
import { nonce, render } from './render.ts'
import type { Sample } from './sample-store.ts'
import { samples } from './samples.ts'

const [folder = '.preview', wanted = ''] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })

const languages: Record<string, PickedLocale> = {
  de: { locale: 'de', dir: 'ltr' },
  rtl: { locale: 'ar', dir: 'rtl' },
}
const types: Record<string, string> = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }
const stripeServer = Fastify()
stripeServer.register(assets)
const pageServer = createServer((request, response) => {
  const [, room, name = ''] = new URL(request.url!, 'http://localhost').pathname.split('/')
  if (room === 'assets') {
    const files = name.split('+').map(part => readFileSync(new URL(`../../public/${part}`, import.meta.url)))
    return response
      .writeHead(200, { 'content-type': types[name.split('.').at(-1)!] })
      .end(Buffer.concat(files))
  }
  const sample = samples.find(known => known.name === room)
  if (!sample) return response.writeHead(404).end()
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${stripeUrl}`,
    "style-src 'self'",
    "img-src 'self' https: data:",
    `frame-src ${stripeUrl}`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
  ]
  const language = languages[name]
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy.join(';') })
  response.end(render(sample.template, withStripe(sample.model, name), language))
})
const stripeUrl = await stripeServer.listen({ port: 0, host: '127.0.0.1' })
await once(pageServer.listen(0, '127.0.0.1'), 'listening')
const pageUrl = `http://127.0.0.1:${(pageServer.address() as AddressInfo).port}`

function withStripe(model: Sample['model'], state: string) {
  if (!model.stripe) return model
  const path = state === 'blocked' ? '/gone.js' : '/stripe.js'
  return { ...model, stripe: { ...model.stripe, js_url: `${stripeUrl}${path}` } }
}

const looks: Record<string, BrowserContextOptions> = {
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 800 } },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone-dark': { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, colorScheme: 'dark' },
  tiny: { viewport: { width: 320, height: 256 } },
  plain: { viewport: { width: 360, height: 740 }, javaScriptEnabled: false },
}
const states = samples.flatMap(sample => [
  sample.name,
  ...(sample.name === 'pay' ? ['pay/rtl', 'pay/de', 'pay/blocked'] : []),
  ...(sample.name === 'receipt' ? ['receipt/de'] : []),
  ...(sample.name === 'connect-errors' ? ['connect-errors/rtl', 'connect-errors/de'] : []),
])

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'].concat(
    '--disable-background-networking',
    '--disable-component-update',
  ),
})
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
let findings = 0
const report = (...words: unknown[]) => {
  findings += 1
  console.log(...words)
}
for (const [look, options] of Object.entries(looks)) {
  const scripted = options.javaScriptEnabled !== false
  const context = await browser.newContext(options)
  for (const state of states.filter(name => name.includes(wanted))) {
    const page = await context.newPage()
    page.on('console', message => {
      const expected = state.endsWith('blocked') && message.text().includes('404')
      if (message.type() === 'error' && !expected) report(look, state, 'console:', message.text())
    })
    page.on('pageerror', error => report(look, state, 'page error:', error.message))
    await page.goto(`${pageUrl}/${state}`, { waitUntil: 'load' })
    if (scripted && state.startsWith('pay')) {
      await page.waitForSelector('#element[aria-busy=false]', { timeout: 15_000 }).catch(() => {
        report(look, state, 'the payment element never came')
      })
      // Chromium does not draw a foreign frame that was never in view.
      await page.locator('#element').scrollIntoViewIfNeeded()
      await page.waitForTimeout(200)
    }
    const wide = scripted && (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
    if (wide) report(look, state, 'scrolls sideways')
    await page.screenshot({ path: `${folder}/${state.replace('/', '-')}.${look}.png`, fullPage: true })
    if (scripted) await inspect(page, look, state)
    await page.close()
  }
  await context.close()
}

async function inspect(page: Page, look: string, state: string) {
  // By evaluate, which the page's policy does not see; frames are Stripe's business.
  await page.evaluate(axe.source)
  await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true')
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, { iframes: false, runOnly: ${JSON.stringify(rules)} })`,
  )
  for (const violation of violations) {
    report(
      look,
      state,
      violation.id,
      violation.nodes.map(node => `${node.target} ${node.failureSummary}`),
    )
  }
}

await browser.close()
await stripeServer.close()
pageServer.close()
console.log(findings ? `${findings} findings` : 'nothing found')
process.exitCode = findings ? 1 : 0
