import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { client, merchant, newAccount, refusal, sandboxUrl } from './client.ts'
import { arrived, receiver } from './receiving.ts'

type Params = Stripe.Checkout.SessionCreateParams
const mug = { price_data: { currency: 'eur', unit_amount: 1250, product_data: { name: 'Mug' } }, quantity: 2 }
const basic: Params = {
  mode: 'payment',
  success_url: 'http://localhost/done?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://localhost/cart',
  line_items: [mug],
}
const seconds = () => Math.floor(Date.now() / 1000)

/** Pays a session as its hosted page does: intent, payment method, confirmation by the publishable key. */
async function payHosted(session: Stripe.Checkout.Session, account: string, card: string, type = 'card') {
  const form = { method: 'POST', body: new URLSearchParams({ email: 'ada@example.com' }) }
  const answer = await fetch(`${sandboxUrl()}/console/checkout/${session.id}/pay`, form)
  if (!answer.ok) return answer.status
  const { client_secret } = (await answer.json()) as { client_secret: string }
  const details: Record<string, string> =
    type === 'card' ? { 'card[token]': card } : { 'sepa_debit[iban]': card, 'billing_details[name]': 'Ada' }
  const post = (path: string, params: Record<string, string>) =>
    fetch(sandboxUrl() + path, {
      method: 'POST',
      headers: { authorization: `Bearer pk_test_51${account}Public` },
      body: new URLSearchParams(params),
    })
  const method = (await (await post('/v1/payment_methods', { type, ...details })).json()) as { id: string }
  const id = client_secret.split('_secret_')[0]
  const confirmed = await post(`/v1/payment_intents/${id}/confirm`, {
    client_secret,
    payment_method: method.id,
    return_url: 'http://localhost/return',
  })
  return confirmed.status
}

test('a session shows what its line items come to', async () => {
  const stripe = merchant()
  const session = await stripe.checkout.sessions.create({
    ...basic,
    client_reference_id: 'order-7',
    customer_email: 'ada@example.com',
    metadata: { order: '7' },
    shipping_options: [
      {
        shipping_rate_data: {
          display_name: 'Post',
          type: 'fixed_amount',
          fixed_amount: { amount: 490, currency: 'eur' },
        },
      },
    ],
    expand: ['line_items'],
  })
  expect(session).toMatchObject({
    object: 'checkout.session',
    mode: 'payment',
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    amount_subtotal: 2500,
    amount_total: 2990,
    currency: 'eur',
    client_reference_id: 'order-7',
    customer_email: 'ada@example.com',
    metadata: { order: '7' },
    total_details: { amount_discount: 0, amount_shipping: 490, amount_tax: 0 },
    ui_mode: 'hosted_page',
  })
  expect(session.id).toMatch(/^cs_test_/)
  expect(session.url).toBe(`${sandboxUrl()}/console/checkout/${session.id}`)
  expect(session.line_items!.data).toMatchObject([{ description: 'Mug', quantity: 2, amount_total: 2500 }])
  expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toHaveLength(1)
  expect((await stripe.checkout.sessions.retrieve(session.id)).line_items).toBeUndefined()
})

test('discounts and taxes are reckoned in whole cents that add up', async () => {
  const stripe = merchant()
  const coupon = await stripe.coupons.create({ percent_off: 33.3 })
  const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: true, percentage: 19 })
  const added = await stripe.taxRates.create({
    display_name: 'Sales tax',
    inclusive: false,
    percentage: 8.25,
  })
  const product = await stripe.products.create({
    name: 'Tea',
    default_price_data: { currency: 'eur', unit_amount: 333 },
  })
  const session = await stripe.checkout.sessions.create({
    ...basic,
    line_items: [
      { ...mug, tax_rates: [vat.id] },
      { price: String(product.default_price), quantity: 1, tax_rates: [added.id] },
    ],
    discounts: [{ coupon: coupon.id }],
    expand: ['line_items'],
  })
  const lines = session.line_items!.data
  const total = (of: (line: Stripe.LineItem) => number) => lines.reduce((sum, line) => sum + of(line), 0)
  expect(session.amount_subtotal).toBe(2833)
  expect(session.total_details!.amount_discount).toBe(943)
  expect(total(line => line.amount_discount)).toBe(943)
  expect(total(line => line.amount_total)).toBe(session.amount_total)
  expect(session.amount_total).toBe(2833 - 943 + Math.round(222 * 0.0825))
  expect(session.discounts).toEqual([{ coupon: coupon.id, promotion_code: null }])
})

test('a paid session is complete: completed once, with the intent’s own metadata and fee', async () => {
  const account = newAccount()
  const stripe = merchant(account)
  const hook = await receiver()
  await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['checkout.session.completed'] })
  const session = await stripe.checkout.sessions.create({
    ...basic,
    payment_intent_data: { metadata: { order: '7' }, description: 'Order 7', transfer_group: 'order-7' },
  })
  expect(await payHosted(session, account, 'tok_chargeDeclined')).toBe(402)
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
  expect(await payHosted(session, account, 'tok_visa')).toBe(200)
  const after = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
  expect(after).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    customer_details: { email: 'ada@example.com' },
    payment_intent: {
      amount: 2500,
      metadata: { order: '7' },
      description: 'Order 7',
      transfer_group: 'order-7',
    },
  })
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
  await arrived(hook.received, 1)
  expect(hook.received[0]!.event.data.object).toMatchObject({ id: session.id, payment_status: 'paid' })
  expect(await payHosted(session, account, 'tok_visa')).toBe(409)
  expect((await refusal(stripe.checkout.sessions.expire(session.id))).message).toContain('`complete`')
  await hook.close()
})

test.each([
  ['DE89370400440532013000', 'checkout.session.async_payment_succeeded', 'paid'],
  ['DE62370400440532013001', 'checkout.session.async_payment_failed', 'unpaid'],
])('a debit from %s completes unpaid and ends with %s', async (iban, type, payment_status) => {
  const account = newAccount()
  const stripe = merchant(account)
  const session = await stripe.checkout.sessions.create(basic)
  expect(await payHosted(session, account, iban, 'sepa_debit')).toBe(200)
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'complete',
    payment_status: 'unpaid',
  })
  await expect
    .poll(async () => (await stripe.events.list({ type })).data.length, { timeout: 10_000, interval: 200 })
    .toBe(1)
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'complete',
    payment_status,
  })
})

test('an expired session takes no payment and cancels the intent that was begun', async () => {
  const account = newAccount()
  const stripe = merchant(account)
  const session = await stripe.checkout.sessions.create(basic)
  expect(await payHosted(session, account, 'tok_chargeDeclined')).toBe(402)
  const expired = await stripe.checkout.sessions.expire(session.id, { expand: ['payment_intent'] })
  expect(expired).toMatchObject({ status: 'expired', url: null, payment_intent: { status: 'canceled' } })
  expect(await payHosted(session, account, 'tok_visa')).toBe(409)
  expect((await stripe.events.list({ type: 'checkout.session.expired' })).data).toHaveLength(1)
  expect((await stripe.checkout.sessions.list({ status: 'expired' })).data.map(({ id }) => id)).toEqual([
    session.id,
  ])
})

test('payment_method_types is taken from old callers and refused under the newest version', async () => {
  const account = newAccount()
  const params = { ...basic, payment_method_types: ['card'] } as Params
  expect(await refusal(merchant(account).checkout.sessions.create(params))).toMatchObject({
    code: 'parameter_unknown',
    param: 'payment_method_types',
  })
  const old = client(`sk_test_51${account}Secret1`, { apiVersion: '2024-06-20' as Stripe.LatestApiVersion })
  expect((await old.checkout.sessions.create(params)).payment_method_types).toEqual(['card'])
  expect((await merchant(account).checkout.sessions.create(basic)).payment_method_types).toEqual([
    'card',
    'ideal',
    'sepa_debit',
  ])
})

test.each<[string, object, string | undefined]>([
  ['no mode', { mode: undefined }, 'mode'],
  ['a mode that it does not sell', { mode: 'subscription' }, 'mode'],
  ['no success_url', { success_url: undefined }, 'success_url'],
  ['a success_url that is none', { success_url: 'shop' }, 'success_url'],
  ['no line items', { line_items: [] }, 'line_items'],
  ['an unknown price', { line_items: [{ price: 'price_1nothing', quantity: 1 }] }, 'line_items[0][price]'],
  ['no quantity', { line_items: [{ price_data: mug.price_data }] }, 'line_items[0]'],
  [
    'less than the minimum',
    { line_items: [{ ...mug, quantity: 1, price_data: { ...mug.price_data, unit_amount: 49 } }] },
    'amount',
  ],
  ['an end in five minutes', { expires_at: seconds() + 300 }, 'expires_at'],
  ['an end in two days', { expires_at: seconds() + 172_800 }, 'expires_at'],
  [
    'two currencies',
    { line_items: [mug, { ...mug, price_data: { ...mug.price_data, currency: 'usd' } }] },
    'line_items[1]',
  ],
  [
    'a stranger as destination',
    { payment_intent_data: { transfer_data: { destination: 'acct_1x' } } },
    'payment_intent_data[transfer_data][destination]',
  ],
  [
    'a fee above the total',
    { payment_intent_data: { application_fee_amount: 2501 } },
    'payment_intent_data[application_fee_amount]',
  ],
  ['what Stripe does not know', { colour: 'blue' }, 'colour'],
])('refuses %s', async (_what, changes, param) => {
  const params = { ...basic, ...changes } as Params
  expect(await refusal(merchant().checkout.sessions.create(params))).toMatchObject({ statusCode: 400, param })
})
