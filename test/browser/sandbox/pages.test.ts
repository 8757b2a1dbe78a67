import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findings, frameOf, picture, type Stage, setStage, typeCard } from './browser.ts'

let stage: Stage
let shop: Server
let back = ''
beforeAll(async () => {
  stage = await setStage()
  shop = createServer((request, answer) => {
    answer.setHeader('content-type', 'text/html')
    answer.end(`<!doctype html><title>Shop</title><h1>${request.method}</h1>`)
  })
  await new Promise<void>(resolve => shop.listen(0, '127.0.0.1', resolve))
  back = `http://localhost:${(shop.address() as AddressInfo).port}`
})
afterAll(async () => {
  shop.close()
  await stage.close()
})

const newSession = () =>
  stage.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: `${back}/done?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${back}/cart`,
    line_items: [
      { price_data: { currency: 'eur', unit_amount: 1250, product_data: { name: 'Blue mug' } }, quantity: 2 },
      {
        price_data: { currency: 'eur', unit_amount: 499, product_data: { name: 'Tea <b>bags</b>' } },
        quantity: 1,
      },
    ],
    client_reference_id: 'order-7',
    payment_intent_data: { metadata: { order: '7' } },
  })

test('the hosted checkout is declined, then paid, and leads back with the session’s id', async () => {
  const session = await newSession()
  const page = await stage.open(session.url!)
  await page.fill('#email', 'ada@example.com')
  await typeCard(page, '4000000000000002')
  expect(await findings(page)).toEqual([])
  await picture(page, 'checkout-1280')
  await page.click('#pay')
  await page.locator('#error:not(:empty)').waitFor()
  expect(await page.textContent('#error')).toBe('Your card was declined.')
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  await page.waitForURL(`${back}/done?session=${session.id}`)
  const after = await stage.stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
  expect(after).toMatchObject({ status: 'complete', payment_status: 'paid', amount_total: 2999, url: null })
  expect(after.customer_details?.email).toBe('ada@example.com')
  expect(after.payment_intent).toMatchObject({ status: 'succeeded', metadata: { order: '7' } })
  await page.goto(`${stage.sandbox}/console/checkout/${session.id}`)
  expect(await page.textContent('h1')).toBe('You have paid already')
  await page.close()
})

test('the hosted checkout takes a 3-D Secure card and a slow debit', async () => {
  const secure = await newSession()
  const page = await stage.open(secure.url!)
  await page.fill('#email', 'ada@example.com')
  await typeCard(page, '4000002500003155')
  await page.click('#pay')
  await (await frameOf(page, 'dialog')).click('#complete')
  await page.waitForURL(/\/done/)
  const slow = await newSession()
  await page.goto(slow.url!)
  await page.fill('#email', 'ada@example.com')
  const frame = await frameOf(page)
  await frame.check('[value=sepa_debit]', { force: true })
  await frame.fill('[name=iban]', 'DE89370400440532013000')
  await frame.fill('[name=name]:visible', 'Ada Shopper')
  await frame.fill('[name=email]:visible', 'ada@example.com')
  await page.click('#pay')
  await page.waitForURL(/\/done/)
  const after = await stage.stripe.checkout.sessions.retrieve(slow.id)
  expect(after).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
  await page.close()
})

test('an expired checkout says so and leads back to the cart', async () => {
  const session = await newSession()
  await stage.stripe.checkout.sessions.expire(session.id)
  const page = await stage.open(`${stage.sandbox}/console/checkout/${session.id}`)
  expect(await page.textContent('h1')).toBe('This checkout has expired')
  expect(await findings(page)).toEqual([])
  await picture(page, 'checkout-expired-1280')
  await page.click('a.button')
  await page.waitForURL(`${back}/cart`)
  await page.close()
})

test.each([
  [360, 'light'],
  [360, 'dark'],
  [1280, 'dark'],
] as const)('the hosted checkout at %i px, %s', async (width, colorScheme) => {
  const session = await newSession()
  const page = await stage.open(session.url!, { viewport: { width, height: 800 }, colorScheme })
  const frame = await frameOf(page)
  expect(await findings(page)).toEqual([])
  expect(await findings(frame)).toEqual([])
  await picture(page, `checkout-${colorScheme}-${width}`)
  await page.close()
})

test('a vendor is onboarded, left in review, and enabled; the link works once', async () => {
  const vendor = await stage.stripe.accounts.create({
    type: 'express',
    country: 'DE',
    email: 'vendor@example.com',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  })
  const link = () =>
    stage.stripe.accountLinks.create({
      account: vendor.id,
      type: 'account_onboarding',
      refresh_url: `${back}/again`,
      return_url: `${back}/welcome`,
    })
  const first = await link()
  const page = await stage.open(first.url, { viewport: { width: 360, height: 800 } })
  expect(await findings(page)).toEqual([])
  await picture(page, 'onboarding-360')
  await page.fill('#business_name', 'Boat tours')
  await page.click('#review')
  await page.waitForURL(`${back}/welcome`)
  expect(await stage.stripe.accounts.retrieve(vendor.id)).toMatchObject({
    details_submitted: true,
    charges_enabled: false,
    payouts_enabled: false,
    requirements: { disabled_reason: 'requirements.pending_verification' },
  })
  await page.goto(first.url)
  expect(page.url()).toBe(`${back}/again`)
  await page.goto((await link()).url)
  await page.click('#finish')
  await page.waitForURL(`${back}/welcome`)
  const enabled = await stage.stripe.accounts.retrieve(vendor.id)
  expect(enabled).toMatchObject({
    charges_enabled: true,
    payouts_enabled: true,
    business_profile: { name: 'Boat tours' },
  })
  await page.goto((await stage.stripe.accounts.createLoginLink(vendor.id)).url)
  expect(await page.textContent('h1')).toContain('Boat tours')
  expect(await findings(page)).toEqual([])
  await picture(page, 'express-360')
  await page.close()
})
