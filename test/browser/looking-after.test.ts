import { readFileSync } from 'node:fs'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_OWNER, DEMO_STORE } from '../../src/demo/demo.ts'
import { openReceiver, type Receiver } from '../harness/receiver.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { launchChromium, picture } from './browser.ts'
import { signIn } from './mailbox.ts'
import { asPartner, payWith, receipt } from './shopper.ts'

let service: DemoService
let receiver: Receiver
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  ;[service, browser, receiver] = await Promise.all([
    startDemo(process.env.TEST_DATABASE_URL),
    launchChromium(),
    openReceiver(),
  ])
  await seed()
  await asPartner(service, 'PUT', `/stores/${DEMO_STORE}/notification-endpoints/shop-builder`, {
    url: receiver.url,
  })
  page = await newPage()
  await page.goto(at(''))
  await signIn(page, service, DEMO_OWNER)
  await heading('Overview')
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
  await receiver?.close()
})

/** Two months of business: some of it refunded, disputed, declined, and some that could not be told. */
async function seed(): Promise<void> {
  await service.sql(
    `with made as (
       select n, now() - make_interval(hours => n * 7) as at from generate_series(1, 190) n
     ), opened as (
       insert into orders (store_id, id, mode, status, disputed, confirmation_code, amount, amount_refunded, currency, lines,
                           totals, customer_email, reference, created_at, paid_at)
       select $1, (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
              case when n % 9 = 8 then 'live' else 'test' end,
              case when n % 5 = 0 then 'expired' when n % 7 = 0 then 'failed' when n % 11 = 0 then 'partially_refunded' else 'paid' end,
              n % 31 = 1, 'SEED-' || lpad(n::text, 4, '0'), 1000 + (n * 7919) % 9000,
              case when n % 11 = 0 and n % 5 > 0 and n % 7 > 0 then 700 else 0 end, case when n % 13 = 0 then 'usd' else 'eur' end,
              '[{"name": "Stoneware mug, speckled", "quantity": 1, "unit_amount": 1800, "amount": 1800}]',
              '{"subtotal": 1800, "discount": 0, "shipping": 0, "tax": 0, "tax_included": 0, "total": 1800}',
              'shopper' || n || '@example.com', 'ORDER-' || n, at,
              case when n % 5 > 0 and n % 7 > 0 then at end
       from made returning store_id, id, status, created_at
     )
     insert into order_timeline (store_id, order_id, status, source, at, detail)
     select store_id, id, 'failed', 'webhook', created_at,
            jsonb_build_object('code', 'card_declined', 'decline_code',
              (array['insufficient_funds', 'do_not_honor', 'insufficient_funds', 'expired_card'])[1 + extract(day from created_at)::int % 4])
     from opened where status = 'failed'`,
    [DEMO_STORE],
  )
  const mail = `insert into mails (id, store_id, kind, box, tries, failure, created_at, expires_at)
    values ($2, $1, 'receipt', 'sealed', 8, 'ECONNREFUSED', now() - interval '2 days', now())`
  await service.sql(mail, [DEMO_STORE, '0199d3a0-0000-7000-8000-0000000000e1'])
  await service.sql(
    "insert into outbox (store_id, kind, failed_at, failure) values ($1, 'store.connected', now(), 'ZodError')",
    [DEMO_STORE],
  )
}

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    ...options,
  })
  context.setDefaultTimeout(15_000)
  const made = await context.newPage()
  made.on('pageerror', error => complaints.push(error.message))
  return made
}

const at = (path: string) => `${service.url}/portal/${DEMO_STORE}${path}`
const heading = (name: string | RegExp, on = page) => on.getByRole('heading', { name }).first().waitFor()

/** An order of today, paid by a shopper in a browser of their own. */
async function buy(): Promise<string> {
  const { url } = (await asPartner(service, 'POST', `/stores/${DEMO_STORE}/checkout-sessions`, {
    line_items: [{ product_id: 'mug', quantity: 2 }],
    success_url: `${service.url}/demo`,
    cancel_url: `${service.url}/demo`,
  })) as { url: string }
  const shopper = await newPage()
  await shopper.goto(url)
  await payWith(shopper, '4242424242424242')
  const code = await receipt(shopper)
  await shopper.context().close()
  return code
}

let code: string

test('a new order comes into the list by itself, is said aloud, and a refund shows in another tab', async () => {
  await page.goto(at('/orders'))
  await page.locator('tr[data-row]').first().waitFor()
  code = await buy()
  await page.getByRole('link', { name: code }).waitFor()
  await page.locator('tr.row-new').first().waitFor()
  expect(await page.locator('[data-live-said]').textContent()).toMatch(/new order|Updated/)

  await page.getByRole('link', { name: code }).click()
  await heading(code)
  const other = await page.context().newPage()
  await other.goto(page.url())
  await heading(code, other)

  await page.getByRole('link', { name: 'Refund' }).click()
  await page.fill('#amount', '10')
  await page.getByLabel('The shopper asked for it').check()
  await picture(page, 'refund')
  await page.getByRole('button', { name: 'Continue' }).click()
  await heading('Refund €10.00?')
  await picture(page, 'refund-sure')
  await page.getByRole('button', { name: 'Refund €10.00' }).click()
  await page.getByText('Refunded. The shopper is told by mail.').waitFor()
  await page.getByText('A refund of €10.00 was made').waitFor()

  await other.getByText('A refund of €10.00 was made').waitFor()
  await other.getByText('The order is now: Partly refunded').waitFor({ state: 'attached' })
  await other.close()
  await page.getByText('Told the platform: order.partially_refunded').waitFor()
  await picture(page, 'looked-after-order')
})

test('an order is searched for, the list narrowed down and taken along as a file', async () => {
  await page.goto(at('/orders'))
  await page.getByRole('searchbox', { name: 'Search' }).fill(code.toLowerCase().replace('-', ''))
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: code }).waitFor()
  expect(await page.locator('tr[data-row]').count()).toBe(1)
  await page.getByText('Mode, dates and disputes').click()
  await page.selectOption('#mode', 'live')
  await page.fill('#q', '')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: /^SEED/ }).first().waitFor()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  expect(file.suggestedFilename()).toMatch(/^orders-.*\.csv$/)
  expect(
    readFileSync((await file.path())!, 'utf8')
      .trimEnd()
      .split('\r\n'),
  ).toHaveLength(22)
})

test('plots are chosen by time, mode and currency', async () => {
  await page.goto(at(''))
  const bars = () => page.locator('.plot-area[aria-labelledby^="plot-income"] .plot-main').count()
  expect(await bars()).toBeGreaterThan(20)
  await page.getByRole('link', { name: 'By week' }).click()
  await page.getByText('In the last 12 weeks, by days').waitFor()
  expect(await bars()).toBeLessThan(13)
  await page.getByRole('link', { name: 'Live', exact: true }).click()
  await page.getByRole('link', { name: 'USD' }).click()
  await page.locator('.plot-sums', { hasText: '$' }).waitFor()
})

test('what a platform was told is seen and sent again', async () => {
  await page.goto(at('/deliveries'))
  await page.getByRole('link', { name: 'shop-builder' }).click()
  const before = receiver.received.length
  await page
    .getByRole('button', { name: /Send again.*order\.paid/ })
    .first()
    .click()
  await page.getByText('It is on its way once more.').waitFor()
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBeGreaterThan(before)
})

test('everything works without a script', async () => {
  const plain = await newPage({ javaScriptEnabled: false, storageState: await page.context().storageState() })
  await plain.goto(at('/orders'))
  await plain.getByRole('link', { name: code }).click()
  await plain.getByRole('link', { name: 'Refund' }).click()
  await plain.fill('#amount', '6,00')
  await plain.getByRole('button', { name: 'Continue' }).click()
  await plain.getByRole('button', { name: 'Refund €6.00' }).click()
  await plain.getByText('Refunded. The shopper is told by mail.').waitFor()
  await plain.context().close()
})

test('a dispute shows by itself, with its due date and the way to answer it', async () => {
  await page.goto(at('/orders'))
  await page.getByRole('link', { name: code }).click()
  const intent = await page.locator('.facts code', { hasText: 'pi_' }).textContent()
  await fetch(`${service.sandboxUrl}/console/api/payments/${intent}/dispute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'product_not_received' }),
  })
  await page.getByText('The shopper’s bank says: product not received.').waitFor()
  const link = page.getByRole('link', { name: 'Open the dispute at Stripe' })
  expect(await link.getAttribute('href')).toMatch(/^https:\/\/dashboard\.stripe\.com\/test\/disputes\/\w+$/)
})

const PAGES = [
  '',
  '?by=month&mode=live',
  '/orders',
  '/orders?status=failed&mode=test',
  '/deliveries',
  '/settings',
]

test.each([
  ['light', 'light'],
  ['dark', 'dark'],
] as const)('everybody can use every page, on a phone and on a desktop: %s', async (_name, colorScheme) => {
  const other = await newPage({ colorScheme, storageState: await page.context().storageState() })
  await other.goto(at(`/orders?q=${code}`))
  const order = await other.locator('a.row-link').first().getAttribute('href')
  const paths = [
    ...PAGES,
    '/deliveries/endpoints/shop-builder',
    ...['', '/refund'].map(end => order!.replace(/.*\/orders/, '/orders') + end),
  ]
  for (const path of paths) {
    await other.goto(at(path))
    await picture(
      other,
      `after-${colorScheme}${path.replace(/[^\w]+/g, '-').replace(/-[\da-f-]{36}/, '-one')}`,
    )
    await other.evaluate('for (const fold of document.querySelectorAll("main details")) fold.open = true')
    await other.evaluate(axe.source)
    for (const width of [360, 1280]) {
      await other.setViewportSize({ width, height: 800 })
      expect(await other.evaluate('document.documentElement.scrollWidth <= innerWidth'), path).toBe(true)
      const rules = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      const { violations } = await other.evaluate<AxeResults>(`axe.run(document, { runOnly: ${rules} })`)
      expect(violations.map(({ id, nodes }) => [path, width, id, nodes.map(({ target }) => target)])).toEqual(
        [],
      )
    }
  }
  await other.context().close()
})

test('no script complained', () => expect(complaints).toEqual([]))
