import { readFileSync } from 'node:fs'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { merchant, refusal } from './client.ts'

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

test('every event that stripe-node declares can be asked for', async () => {
  const types = new URL('../../node_modules/stripe/esm/resources/WebhookEndpoints.d.ts', import.meta.url)
  const declared = /type EnabledEvent = ([^;]*);/.exec(readFileSync(types, 'utf8'))![1]!.match(/'[^']+'/g)!
  const enabled_events = declared.map(name =>
    name.slice(1, -1),
  ) as Stripe.WebhookEndpointCreateParams.EnabledEvent[]
  const endpoint = await merchant().webhookEndpoints.create({
    url: 'https://shop.example/hooks',
    enabled_events,
  })
  expect(enabled_events.length).toBeGreaterThan(250)
  expect(endpoint.enabled_events).toEqual(enabled_events)
})
