import { readFileSync } from 'node:fs'
import Stripe from 'stripe'
import { expect, onTestFinished, test } from 'vitest'
import { eventTypes } from '../../src/sandbox/engine/event_types.ts'
import { control, merchant, newAccount, receiver, refusal, useSandbox } from './client.ts'

useSandbox()

const verifier = new Stripe('sk_test_51VERIFIER00000Secret1')
interface Delivery {
  id: string
  type: string
  status: string
  attempts: { status: number | null }[]
}

/** An account with one endpoint that answers as told. */
async function subscribed({
  answers = [200],
  ...params
}: { answers?: number[] } & Partial<Stripe.WebhookEndpointCreateParams> = {}) {
  const account = newAccount()
  const stripe = merchant(account)
  const hooks = await receiver(...answers)
  onTestFinished(async () => void (await hooks.close()))
  const endpoint = await stripe.webhookEndpoints.create({ url: hooks.url, enabled_events: ['*'], ...params })
  const deliveries = async () =>
    (await control<{ data: Delivery[] }>(`deliveries?account=acct_1${account}`)).data
  return { account: `acct_1${account}`, stripe, received: hooks.received, endpoint, deliveries }
}
const arrived = (received: unknown[], count: number) =>
  expect.poll(() => received.length, { timeout: 5000, interval: 10 }).toBe(count)

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

test('a delivery is tried again until the endpoint says 2xx', async () => {
  const { account, stripe, received, endpoint, deliveries } = await subscribed({ answers: [500, 302, 200] })
  await control('webhooks', { account, retry_ms: [20] })
  await stripe.customers.create({})
  await arrived(received, 3)
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(1)
  for (const { body, headers } of received)
    verifier.webhooks.constructEvent(body, headers['stripe-signature']!, endpoint.secret!)
  await expect
    .poll(async () => (await deliveries())[0])
    .toMatchObject({
      status: 'delivered',
      attempts: [{ status: 500, body: 'thanks' }, { status: 302 }, { status: 200 }],
    })
})

test('after sixteen tries Stripe gives up', async () => {
  const { account, stripe, received, deliveries } = await subscribed({ answers: [500] })
  await control('webhooks', { account, retry_ms: [1] })
  await stripe.customers.create({})
  await arrived(received, 16)
  await expect.poll(async () => (await deliveries())[0]?.status).toBe('failed')
})

test('deliveries can be held, doubled, lost, shuffled and sent again', async () => {
  const { account, stripe, received, deliveries } = await subscribed()
  await control('webhooks', { account, paused: true })
  await stripe.customers.create({ name: 'held' })
  await new Promise(resolve => setTimeout(resolve, 100))
  expect(received).toHaveLength(0)
  await control('webhooks', { account, paused: false, duplicate: true })
  await arrived(received, 1)
  await stripe.customers.create({ name: 'twice' })
  await arrived(received, received.length + 2)
  await control('webhooks', { account, duplicate: false, drop: true })
  await stripe.customers.create({ name: 'lost' })
  await expect.poll(async () => (await deliveries())[0]).toMatchObject({ status: 'dropped', attempts: [] })
  await control(`webhooks?account=${account}`, undefined, 'DELETE')
  const before = received.length
  await control(`deliveries/${(await deliveries())[0]!.id}/resend`, {})
  expect(received).toHaveLength(before + 1)
  expect(received.at(-1)!.event.data.object).toMatchObject({ name: 'lost' })
  await control('webhooks', { account, shuffle: true })
  for (let i = 0; i < 20; i++) await stripe.customers.create({ name: `n${i}` })
  await arrived(received, before + 21)
  const names = received.slice(before + 1).map(({ event }) => (event.data.object as Stripe.Customer).name)
  expect([...names].sort()).toEqual(Array.from({ length: 20 }, (_, i) => `n${i}`).sort())
})

test('a disabled or deleted endpoint hears nothing', async () => {
  const { stripe, received, endpoint } = await subscribed()
  expect(await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).toMatchObject({
    status: 'disabled',
  })
  await stripe.customers.create({})
  expect(await stripe.webhookEndpoints.update(endpoint.id, { disabled: false })).not.toHaveProperty('secret')
  expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ id: endpoint.id, deleted: true })
  await stripe.customers.create({})
  await new Promise(resolve => setTimeout(resolve, 100))
  expect(received).toEqual([])
})

test('the secret is shown at creation only, and there are sixteen endpoints at most', async () => {
  const stripe = merchant()
  const params = {
    url: 'https://shop.example/hooks',
    enabled_events: ['charge.refunded' as const],
    metadata: { owner: 'us' },
  }
  const endpoint = await stripe.webhookEndpoints.create({ ...params, api_version: Stripe.API_VERSION })
  expect(endpoint).toMatchObject({
    api_version: Stripe.API_VERSION,
    status: 'enabled',
    metadata: { owner: 'us' },
    secret: expect.stringMatching(/^whsec_\w{32}$/),
  })
  const shown = await stripe.webhookEndpoints.retrieve(endpoint.id)
  expect(shown).not.toHaveProperty('secret')
  expect(shown.api_version).toBe(Stripe.API_VERSION)
  for (let i = 1; i < 16; i++) await stripe.webhookEndpoints.create(params)
  expect((await refusal(stripe.webhookEndpoints.create(params))).message).toMatch(
    /maximum of 16 test webhook endpoints/,
  )
})

test.each([
  [{ url: 'http://shop.example/hooks' }, 'url', 'Invalid URL: URL must be HTTPS.'],
  [{ url: 'shop.example' }, 'url', /^Invalid URL: An explicit scheme/],
  [{ url: 'ftp://127.0.0.1/' }, 'url', /^Invalid URL: An explicit scheme/],
  [
    { enabled_events: ['charge.refunded', 'charge.reborn'] },
    'enabled_events[1]',
    /^Invalid enabled_events\[1\]/,
  ],
  [{ api_version: '2099-01-01' }, undefined, 'Invalid Stripe API version: 2099-01-01'],
])('an endpoint with %j is refused', async (wrong, param, message) => {
  const params = {
    url: 'https://shop.example/hooks',
    enabled_events: ['*'],
    ...wrong,
  } as Stripe.WebhookEndpointCreateParams
  const error = await refusal(merchant().webhookEndpoints.create(params))
  expect(error.statusCode).toBe(400)
  expect(error.param).toBe(param)
  expect(error.message).toMatch(message)
})

test('only this machine is ever reached', async () => {
  const stripe = merchant()
  const { id } = await stripe.webhookEndpoints.create({
    url: 'https://shop.example/hooks',
    enabled_events: ['*'],
  })
  await stripe.customers.create({})
  const find = async () => (await control<{ data: Delivery[] }>(`deliveries?endpoint=${id}`)).data[0]
  await expect.poll(find).toMatchObject({
    status: 'failed',
    attempts: [{ status: null, error: 'the sandbox reaches loopback addresses only' }],
  })
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
  expect((await merchantOf(account).events.list()).data).toEqual([])
})
const merchantOf = (account: string) => merchant(account.slice('acct_1'.length))

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

test('events are listed in order, by type and family', async () => {
  const stripe = merchant()
  const customer = await stripe.customers.create({})
  await stripe.customers.update(customer.id, { name: 'Ada' })
  await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  const types = async (params: Stripe.EventListParams) =>
    (await stripe.events.list(params)).data.map(({ type }) => type)
  expect(await types({})).toEqual(['payment_intent.created', 'customer.updated', 'customer.created'])
  expect(await types({ type: 'customer.created' })).toEqual(['customer.created'])
  expect(await types({ type: 'customer.*' })).toEqual(['customer.updated', 'customer.created'])
  expect(await types({ types: ['customer.updated', 'payment_intent.created'] })).toEqual([
    'payment_intent.created',
    'customer.updated',
  ])
  const [newest, older] = (await stripe.events.list({ limit: 2 })).data
  expect((await stripe.events.list({ ending_before: older!.id })).data[0]!.id).toBe(newest!.id)
  expect((await refusal(stripe.events.retrieve('evt_none'))).code).toBe('resource_missing')
})

test('the event names are those that stripe-node declares', () => {
  const declared = readFileSync(
    new URL('../../node_modules/stripe/esm/resources/WebhookEndpoints.d.ts', import.meta.url),
    'utf8',
  )
  const names = /type EnabledEvent = ([^;]*);/
    .exec(declared)![1]!
    .match(/'[^']+'/g)!
    .map(name => name.slice(1, -1))
  expect([...eventTypes].sort()).toEqual(names.filter(name => name !== '*').sort())
})
