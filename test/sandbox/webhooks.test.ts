import Stripe from 'stripe'
import { expect, onTestFinished, test } from 'vitest'
import { control, merchant } from './client.ts'
import { arrived, receiver, subscribed, verifier } from './receiving.ts'

test('an event arrives signed, whole, with Stripe’s headers', async () => {
  const { stripe, received, endpoint } = await subscribed({ api_version: Stripe.API_VERSION })
  const customer = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'c1' })
  await arrived(received, 1)
  const [{ headers, body, event }] = received as [(typeof received)[0]]
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'stripe-signature': expect.stringMatching(/^t=\d{10},v1=[0-9a-f]{64}$/),
  })
  const proven = verifier.webhooks.constructEvent(body, headers['stripe-signature']!, endpoint.secret!)
  expect(proven).toEqual(event)
  expect(event).toMatchObject({
    object: 'event',
    api_version: Stripe.API_VERSION,
    livemode: false,
    pending_webhooks: 1,
    type: 'customer.created',
    data: { object: { id: customer.id, name: 'Ada' } },
    request: { id: customer.lastResponse.requestId, idempotency_key: 'c1' },
  })
  expect(event).not.toHaveProperty('account')
  expect(() => verifier.webhooks.constructEvent(body, headers['stripe-signature']!, 'whsec_other')).toThrow()
  await expect.poll(async () => (await stripe.events.retrieve(event.id)).pending_webhooks).toBe(0)
})

test('each endpoint hears what it asked for, in its own version, under its own secret', async () => {
  const { stripe, received, endpoint } = await subscribed({ enabled_events: ['charge.succeeded'] })
  const other = await receiver()
  onTestFinished(async () => void (await other.close()))
  const second = await stripe.webhookEndpoints.create({
    url: other.url,
    enabled_events: ['charge.succeeded', 'charge.refunded'],
    api_version: '2022-08-01',
  })
  expect(second.secret).not.toBe(endpoint.secret)
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://shop.example',
  })
  await stripe.refunds.create({ payment_intent: intent.id })
  await arrived(other.received, 2)
  await arrived(received, 1)
  expect(received[0]!.event.id).toBe(
    other.received.find(({ event }) => event.type === 'charge.succeeded')!.event.id,
  )
  expect(received[0]!.event).toMatchObject({ api_version: '2024-06-20', data: { object: { invoice: null } } })
  expect(received[0]!.event.data.object).not.toHaveProperty('refunds')
  expect(other.received[0]!.event).toMatchObject({
    api_version: '2022-08-01',
    data: { object: { refunds: { object: 'list' } } },
  })
  verifier.webhooks.constructEvent(
    other.received[0]!.body,
    other.received[0]!.headers['stripe-signature']!,
    second.secret!,
  )
})

test('a platform hears of its connected accounts, with their id', async () => {
  const platform = merchant()
  const vendor = await platform.accounts.create({ type: 'express', country: 'US' })
  const [own, connect] = [await receiver(), await receiver()]
  onTestFinished(async () => void (await Promise.all([own.close(), connect.close()])))
  await platform.webhookEndpoints.create({ url: own.url, enabled_events: ['customer.created'] })
  await platform.webhookEndpoints.create({
    url: connect.url,
    enabled_events: ['customer.created'],
    connect: true,
  })
  await platform.customers.create({ name: 'theirs' }, { stripeAccount: vendor.id })
  await platform.customers.create({ name: 'ours' })
  await arrived(connect.received, 1)
  await arrived(own.received, 1)
  expect(connect.received[0]!.event).toMatchObject({
    account: vendor.id,
    data: { object: { name: 'theirs' } },
  })
  expect(own.received[0]!.event).not.toHaveProperty('account')
  expect((await platform.events.list()).data.map(({ type }) => type)).toEqual(['customer.created'])
})

test('the dashboard’s test event has the same ids every time', async () => {
  const { account, received, endpoint } = await subscribed({ api_version: Stripe.API_VERSION })
  for (const type of ['payment_intent.succeeded', 'checkout.session.completed', 'charge.dispute.created']) {
    await control('test-event', { account, mode: 'test', endpoint: endpoint.id, type })
  }
  const [paid, session, dispute] = received.map(({ event }) => event)
  expect(paid).toMatchObject({
    id: 'evt_00000000000000',
    livemode: false,
    request: null,
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_00000000000000', object: 'payment_intent', status: 'succeeded' } },
  })
  expect(session).toMatchObject({ id: 'evt_00000000000000', type: 'checkout.session.completed' })
  expect(dispute!.data.object).toMatchObject({ id: 'dp_00000000000000', charge: 'ch_00000000000000' })
  const { body, headers } = received[0]!
  verifier.webhooks.constructEvent(body, headers['stripe-signature']!, endpoint.secret!)
  expect((await merchant(account.slice('acct_1'.length)).events.list()).data).toEqual([])
})
