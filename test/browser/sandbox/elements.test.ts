import { afterAll, beforeAll, expect, test } from 'vitest'
import { frameOf, picture, read, type Stage, setStage, typeCard } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.close())

const newIntent = (more = {}) =>
  stage.stripe.paymentIntents.create({
    amount: 1999,
    currency: 'eur',
    automatic_payment_methods: { enabled: true },
    ...more,
  })

test('what the address and e-mail Elements were told is sent with the payment', async () => {
  const shop = { elements: 'linkAuthentication address payment' }
  // All of it in view: clicks right after scrolling reach whatever frame was there before.
  const page = await stage.open(stage.merchant.url(shop), { viewport: { width: 1280, height: 1400 } })
  await (await frameOf(page, '#linkAuthentication')).fill('[name=email]', 'ada@example.com')
  const address = await frameOf(page, '#address')
  await frameOf(page)
  await page.click('#pay')
  await page.locator('#result:not(:empty)').waitFor()
  expect(await page.textContent('#result')).toBe('Your address is incomplete.')
  await address.fill('[name=name]', 'Ada Shopper')
  await address.selectOption('[name=country]', 'DE')
  await address.fill('[name=line1]', 'Hafenstr. 1')
  await address.fill('[name=postalCode]', '24103')
  await address.fill('[name=city]', 'Kiel')
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  await page.locator('#result:text-is("succeeded")').waitFor()
  const [intent] = (await stage.stripe.paymentIntents.list({ limit: 1, expand: ['data.payment_method'] }))
    .data
  expect(intent).toMatchObject({
    shipping: {
      name: 'Ada Shopper',
      address: { line1: 'Hafenstr. 1', city: 'Kiel', postal_code: '24103', country: 'DE' },
    },
    payment_method: {
      billing_details: { email: 'ada@example.com', address: { postal_code: '94103', country: 'US' } },
    },
  })
  await page.close()
})

test('Elements made with a client secret pay that intent, without a submit of their own', async () => {
  const { client_secret } = await newIntent()
  const page = await stage.open(stage.merchant.url())
  await page.evaluate(`
    elements.getElement('payment').destroy()
    window.known = stripe.elements({ clientSecret: ${JSON.stringify(client_secret)} })
    known.create('payment').mount('#payment')
  `)
  await typeCard(page, '4242424242424242')
  const done = await read<object>(page, "stripe.confirmPayment({ elements: known, redirect: 'if_required' })")
  expect(done).toMatchObject({ paymentIntent: { status: 'succeeded', amount: 1999, client_secret } })
  const seen = await read<object>(page, `stripe.retrievePaymentIntent(${JSON.stringify(client_secret)})`)
  expect(seen).toMatchObject({ paymentIntent: { status: 'succeeded' } })
  await page.close()
})

test('a new amount is what the intent must match from then on', async () => {
  const { client_secret } = await newIntent({ amount: 2500 })
  const page = await stage.open(stage.merchant.url())
  await typeCard(page, '4242424242424242')
  await read(page, 'elements.update({ amount: 2500 })')
  expect(await read(page, 'elements.submit()')).toEqual({ selectedPaymentMethod: 'card' })
  const done = await read<object>(
    page,
    `stripe.confirmPayment({ elements, clientSecret: ${JSON.stringify(client_secret)}, redirect: 'if_required' })`,
  )
  expect(done).toMatchObject({ paymentIntent: { status: 'succeeded' } })
  await page.close()
})

test('a payment confirmed by the server continues with handleNextAction', async () => {
  const page = await stage.open(stage.merchant.url())
  await typeCard(page, '4000002500003155')
  await read(page, 'elements.submit()')
  const made = await read<{ paymentMethod: { id: string; type: string } }>(
    page,
    'stripe.createPaymentMethod({ elements })',
  )
  const intent = await newIntent({
    payment_method: made.paymentMethod.id,
    confirm: true,
    use_stripe_sdk: true,
    return_url: 'http://localhost/return',
  })
  expect(intent.status).toBe('requires_action')
  await page.evaluate(
    `void stripe.handleNextAction({ clientSecret: ${JSON.stringify(intent.client_secret)} }).then(r => (window.after = r))`,
  )
  await (await frameOf(page, 'dialog')).click('#complete')
  await expect.poll(() => read(page, 'Boolean(window.after)')).toBe(true)
  expect(await read(page, 'after')).toMatchObject({ paymentIntent: { status: 'succeeded' } })
  await page.close()
})

test('a confirmation token carries the card to the server', async () => {
  const page = await stage.open(stage.merchant.url())
  await typeCard(page, '4242424242424242')
  await read(page, 'elements.submit()')
  const made = await read<{ confirmationToken: { id: string } }>(
    page,
    'stripe.createConfirmationToken({ elements })',
  )
  const intent = await newIntent({
    confirmation_token: made.confirmationToken.id,
    confirm: true,
    return_url: 'http://localhost/return',
  })
  expect(intent.status).toBe('succeeded')
  await page.close()
})

test('what the page hides of the billing address it has to send', async () => {
  const page = await stage.open(stage.merchant.url())
  await page.evaluate(`
    elements.getElement('payment').destroy()
    elements.create('payment', { fields: { billingDetails: { address: 'never' } } }).mount('#payment')
  `)
  const frame = await typeCard(page, '4242424242424242')
  expect(await frame.locator('[name=country]').isVisible()).toBe(false)
  await read(page, 'elements.submit()')
  const { client_secret } = await newIntent()
  const pay = (params: string) =>
    read<object>(
      page,
      `stripe.confirmPayment({ elements, clientSecret: ${JSON.stringify(client_secret)}, redirect: 'if_required', ` +
        `confirmParams: ${params} }).catch(error => ({ thrown: error.name }))`,
    )
  expect(await pay('{}')).toEqual({ thrown: 'IntegrationError' })
  const billing = "{ payment_method_data: { billing_details: { address: { country: 'DE' } } } }"
  expect(await pay(billing)).toMatchObject({ paymentIntent: { status: 'succeeded' } })
  await page.close()
})

test('an accordion can be collapsed, and dollars offer a US bank account', async () => {
  const page = await stage.open(stage.merchant.url({ currency: 'usd', layout: 'accordion' }), {
    viewport: { width: 360, height: 800 },
  })
  const frame = await frameOf(page)
  await read(page, "elements.getElement('payment').collapse()")
  await frame.locator('[name=number]').waitFor({ state: 'hidden' })
  expect(await read(page, 'elements.submit()')).toMatchObject({ error: { type: 'validation_error' } })
  await frame.check('[value=us_bank_account]')
  await frame.fill('[name=routingNumber]', '110000000')
  await frame.fill('[name=accountNumber]', '000123456789')
  await frame.fill('[name=name]:visible', 'Ada Shopper')
  await frame.fill('[name=email]:visible', 'ada@example.com')
  await picture(page, 'accordion-usd-360')
  await page.click('#pay')
  await page.locator('#result:text-is("processing")').waitFor()
  await page.close()
})

test('a revoked key is a load error, not a blank', async () => {
  const page = await stage.open(stage.merchant.url())
  await page.evaluate(`
    elements.getElement('payment').destroy()
    const other = Stripe('pk_test_51BROWSER0000000Revoked').elements({ clientSecret: 'pi_3x_secret_y' })
    const element = other.create('payment')
    element.on('loaderror', event => (window.failed = event))
    element.mount('#payment')
  `)
  await expect.poll(() => read(page, 'Boolean(window.failed)')).toBe(true)
  expect(await read(page, 'failed')).toMatchObject({
    elementType: 'payment',
    error: { type: 'invalid_request_error' },
  })
  await page.close()
})
