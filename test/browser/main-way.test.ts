import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPEN_STORE, OPEN_STORE_KEYS } from '../../src/demo/demo.ts'
import { type DemoService, startDemo } from '../harness/service.ts'
import { frameOf, launchChromium, picture } from './browser.ts'
import { checkOut, type OpenedCheckout, orderBy, paymentsAtStripe, payWith, receipt } from './shopper.ts'

const server = process.env.TEST_DATABASE_URL
const databases = [['embedded', undefined], ...(server ? [['Postgres', server] as const] : [])] as const

describe.each(databases)('on %s', (_name, url) => {
  let service: DemoService
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    ;[service, browser] = await Promise.all([startDemo(url), launchChromium()])
    page = await newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await service?.close()
  })

  async function newPage(options = {}): Promise<Page> {
    const viewport = { width: 1280, height: 800 }
    const context = await browser.newContext({ locale: 'en-US', viewport, ...options })
    context.setDefaultTimeout(15_000)
    return context.newPage()
  }
  const heading = (name: string | RegExp, on = page) => on.getByRole('heading', { name }).waitFor()

  /** Opens the demo order's pay page; answers its address. */
  async function demoOrder(on = page): Promise<string> {
    await on.goto(`${service.url}/demo/order`)
    return on.url()
  }

  test('a store without keys takes no orders, and says why', async () => {
    await page.goto(`${service.url}/demo/connect`)
    const { status, body } = await checkOut(page, OPEN_STORE)
    expect([status, (body as { title: string }).title]).toEqual([409, 'Store not connected to Stripe'])
  })

  test('a merchant mixes the keys up, is told at the field, and then connects', async () => {
    await page.goto(`${service.url}/demo/connect`)
    await page.fill('#publishable_key', OPEN_STORE_KEYS.secret_key)
    await page.fill('#secret_key', OPEN_STORE_KEYS.publishable_key)
    await page.click('#connect-button')
    await page.getByText('This is a secret key: it belongs in the next field.').first().waitFor()
    await picture(page, 'connect-mixed-up')

    await page.fill('#publishable_key', OPEN_STORE_KEYS.publishable_key)
    await page.fill('#secret_key', OPEN_STORE_KEYS.secret_key)
    await picture(page, 'connect', { readme: [1280] })
    await page.click('#connect-button')
    await heading('Second Store is connected')
    expect(page.url()).toBe(`${service.url}/stripe/success/${OPEN_STORE}`)
    await picture(page, 'connected')
  })

  test('a shopper fills the cart of that shop, pays with 4242 and gets a receipt', async () => {
    await page.goto(`${service.url}/demo/shop?store=${OPEN_STORE}`)
    await page.click('[data-product=mug]')
    await page.click('owntill-cart .close')
    await page.click('[data-product=beans]')
    await page.getByText('€30.90').first().waitFor()
    await picture(page, 'shop', { readme: [1280], window: true })
    await page.click('owntill-cart .pay')
    await payWith(page, '4242424242424242')
    const code = await receipt(page)
    expect(await orderBy(service, code, OPEN_STORE)).toMatchObject({
      status: 'paid',
      amount: 3090,
      currency: 'eur',
      customer_email: 'ann@example.com',
    })
  })

  test('the pay page shows what is bought and what it costs, and its button is in reach', async () => {
    await demoOrder()
    await page.waitForSelector('#element[aria-busy=false]')
    expect(await page.locator('#pay-button').textContent()).toContain('Pay €48.90')
    const button = (await page.locator('#pay-button').boundingBox())!
    const element = (await page.locator('#element').boundingBox())!
    expect(button.y).toBeGreaterThanOrEqual(element.y + element.height)
    expect(button.y + button.height).toBeLessThanOrEqual(800)
    await picture(page, 'pay', { readme: [1280, 360] })
  })

  test('a declined card is explained in words, and another one pays', async () => {
    await demoOrder()
    await payWith(page, '4000000000000002')
    await page.getByText('The payment was declined. Please use another card, or ask your bank.').waitFor()
    await picture(page, 'declined')
    await payWith(page, '4242424242424242')
    const code = await receipt(page)
    expect((await orderBy(service, code))?.status).toBe('paid')
    await picture(page, 'receipt', { readme: [360] })
  })

  test('the bank asks for 3-D Secure, and the shopper confirms', async () => {
    await demoOrder()
    await payWith(page, '4000002500003155')
    const dialog = await frameOf(page, 'dialog')
    await dialog.waitForSelector('#complete')
    await picture(page, '3d-secure')
    await dialog.click('#complete')
    await receipt(page)
  })

  test('a shopper who fails 3-D Secure has paid nothing and may pay again', async () => {
    await demoOrder()
    await payWith(page, '4000002500003155')
    await (await frameOf(page, 'dialog')).click('#fail')
    await page.getByText('The payment was not confirmed with your bank.').waitFor()
    await picture(page, '3d-secure-failed')
    await payWith(page, '4242424242424242')
    await receipt(page)
  })

  test('a bank debit is waited for, and the page moves on by itself when it is paid', async () => {
    const address = await demoOrder()
    await page.waitForSelector('#element[aria-busy=false]')
    await page.fill('#email', 'ann@example.com')
    const frame = await frameOf(page, '#payment-element')
    await frame.check('[value=sepa_debit]', { force: true })
    await frame.fill('[name=iban]', 'DE89370400440532013000')
    await frame.fill('[name=name]:visible', 'Ann Shopper')
    await page.click('#pay-button')
    await heading('Your bank is working on it')
    expect(page.url()).toBe(address)
    await picture(page, 'bank-debit')
    await page
      .getByRole('heading', { name: 'Thank you, your payment went through' })
      .waitFor({ timeout: 40_000 })
  })

  test('two tabs on one checkout are one payment', async () => {
    const before = await paymentsAtStripe(service)
    const address = await demoOrder()
    const second = await page.context().newPage()
    await second.goto(address)
    await second.waitForSelector('#element[aria-busy=false]')
    await payWith(page, '4242424242424242')
    const code = await receipt(page)
    await payWith(second, '4242424242424242')
    expect(await receipt(second)).toBe(code)
    expect(await paymentsAtStripe(service)).toBe(before + 1)
    await second.close()
  })

  test('back and reload after paying show the receipt, never a second form', async () => {
    const address = await demoOrder()
    await payWith(page, '4242424242424242')
    const code = await receipt(page)
    await page.reload()
    expect(await receipt(page)).toBe(code)
    await page.goBack()
    if (page.url() === address) expect(await receipt(page)).toBe(code)
    await page.goto(address)
    expect(await receipt(page)).toBe(code)
    await page.goto(`${address}/return?redirect_status=failed`)
    expect(await receipt(page)).toBe(code)
  })

  test('an expired checkout says so, also to a page that was left open', async () => {
    await page.goto(`${service.url}/demo/connect`)
    const { body } = await checkOut(page)
    const { id, url: address } = body as OpenedCheckout
    await page.goto(address)
    await page.waitForSelector('#element[aria-busy=false]')
    await service.sql("update checkout_sessions set expires_at = now() - interval '1 minute' where id = $1", [
      id,
    ])
    await payWith(page, '4242424242424242')
    await heading('This checkout has expired')
    await picture(page, 'expired')
    await page.reload()
    await heading('This checkout has expired')
  })

  test('a tampered address opens nothing', async () => {
    const address = await demoOrder()
    const other = address.endsWith('A') ? 'B' : 'A'
    const answer = await page.goto(address.slice(0, -1) + other)
    expect(answer!.status()).toBe(404)
    await heading('This page does not exist')
    await picture(page, 'tampered')
  })

  test('without JavaScript the page says what to do', async () => {
    const plain = await newPage({ javaScriptEnabled: false })
    await demoOrder(plain)
    const notice = plain.locator('noscript .notice')
    expect(await notice.isVisible()).toBe(true)
    expect(await notice.textContent()).toContain('Paying here needs JavaScript')
    expect(await plain.locator('#pay-button').isVisible()).toBe(false)
    await plain.close()
  })

  test('with Stripe.js blocked the page says so, and goes on once it is let through', async () => {
    const blocked = await newPage()
    await blocked.route('**/stripe.js', route => route.abort())
    await demoOrder(blocked)
    await blocked.getByText('The payment form could not be loaded').waitFor()
    await picture(blocked, 'blocked')
    await blocked.unroute('**/stripe.js')
    await blocked.click('#retry')
    await payWith(blocked, '4242424242424242')
    await receipt(blocked)
    await blocked.close()
  })
})
