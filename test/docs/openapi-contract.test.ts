import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenApi } from '../../src/docs/openapi.ts'
import { jsonOf, sampleOf } from '../../src/docs/sample.ts'
import { newSecret } from '../../src/lib/ids.ts'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import {
  confirm,
  fromSomewhere,
  internal,
  newKeys,
  openCheckout,
  openShop,
  pay,
  type Shop,
} from '../harness/shop.ts'
import { intentEvent, paidIntent, SIGNING_SECRET, sign } from '../harness/stripe-event.ts'
import { anyRequest } from './inputs.ts'
import { type Call, callsOf, keeper } from './keeping.ts'

/** Keys with a webhook set up by hand: nothing is delivered that the test does not deliver. */
const handMade = () => ({ ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: SIGNING_SECRET })

let house: House
let shop: Shop
let document: OpenApi
let complaintsAbout: ReturnType<typeof keeper>
let known: Record<string, string>

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, handMade())
  document = (await (await fetch(`${house.url}/openapi.json`)).json()) as OpenApi
  complaintsAbout = keeper(document)
  const cart = await newCart()
  const { token, order_id } = await openCheckout(house, shop)
  known = {
    store_id: shop.id,
    mode: 'test',
    product_id: 'mug',
    id: cart,
    order_id,
    token,
    endpoint_token: 'unknown',
    type: 'payment_intent',
    object_id: 'pi_3Unknown',
  }
})
afterAll(() => house.close())

async function newCart(): Promise<string> {
  const response = await house.app.inject({
    method: 'POST',
    url: '/api/carts',
    payload: { store_id: shop.id, lines: [{ product_id: 'mug', quantity: 1 }] },
  })
  return response.json().id
}

/** How many requests are tried at each operation; more of them by FUZZ_RUNS. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 25)

type Prepared = {
  params?: Record<string, string | undefined>
  headers?: Record<string, string>
  body?: string | undefined
}

/** What an example needs to find before it can work, for the operations whose example is not enough. */
const preparations: Record<string, () => Promise<Prepared>> = {
  async deleteProduct() {
    const product = { name: 'To go', price: 100, currency: 'eur' }
    await internal(house, 'PUT', `/stores/${shop.id}/products/gone`, product)
    return { params: { product_id: 'gone' } }
  },
  cancelOrder: async () => ({ params: { order_id: (await openCheckout(house, shop)).order_id } }),
  createRefund: async () => ({ params: { order_id: await paidOrder() } }),
  async applyDiscount() {
    await internal(house, 'PUT', `/stores/${shop.id}/discounts/SPRING15`, { percentage: '15' })
    return {}
  },
  async chooseShipping() {
    const { token } = await openCheckout(house, shop, { shipping_countries: ['US'] })
    return { params: { token } }
  },
  getVendor: withVendor,
  getVendorStatus: withVendor,
  getVendorStatement: async () => ({ params: { ...(await withVendor()).params, month: '2026-11' } }),
  createOnboardingLink: withVendor,
  rollNotificationSecret: withEndpoint,
  getNotificationEndpoint: withEndpoint,
  deleteNotificationEndpoint: withEndpoint,
  listNotifications: withEndpoint,
  replayNotifications: withEndpoint,
  startPayment: async () => ({ params: { token: (await openCheckout(house, shop)).token } }),
  async getStripeObject() {
    const body = JSON.stringify(intentEvent('payment_intent.succeeded', paidIntent('pi_3Unknown', 100)))
    const headers = { 'stripe-signature': sign(body, SIGNING_SECRET), 'content-type': 'application/json' }
    await fetch(`${house.url}/webhook/stripe`, { method: 'POST', headers, body })
    return {}
  },
  async receiveEvent() {
    const body = JSON.stringify(intentEvent('payment_intent.succeeded', paidIntent('pi_3Unknown', 100)))
    return { body, headers: { 'stripe-signature': sign(body, SIGNING_SECRET) } }
  },
}

async function withEndpoint(): Promise<Prepared> {
  await internal(house, 'PUT', `/stores/${shop.id}/notification-endpoints/here`, { url: house.url })
  return { params: { endpoint_id: 'here' } }
}

async function withVendor(): Promise<Prepared> {
  const vendor = { name: 'Pottery', email: 'clay@vendor.example', country: 'DE' }
  await internal(house, 'PUT', `/stores/${shop.id}/vendors/pottery`, vendor)
  return { params: { vendor_id: 'pottery' } }
}

async function paidOrder(): Promise<string> {
  const { token, order_id } = await openCheckout(house, shop)
  const { body } = await pay(house, token)
  await confirm(house, shop, body.client_secret)
  await house.app.inject({ url: `/checkout/${token}/return` })
  await untilPaid(house, shop, order_id)
  return order_id
}

type Sent = Prepared & { query?: Record<string, string>; secret?: string | undefined }

function send({ path, method }: Call, { params, query = {}, headers = {}, body, secret }: Sent) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent((params?.[name] ?? known[name] ?? 'x').toWellFormed()),
  )
  const searched = new URLSearchParams(query).toString()
  return house.app.inject({
    method: method.toUpperCase() as 'GET',
    url: searched === '' ? filled : `${filled}?${searched}`,
    headers: {
      ...fromSomewhere(),
      origin: house.url,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(secret === undefined ? {} : { 'x-internal-secret': secret }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: body }),
  })
}

/** The operation's own example, about our store and our cart instead of the ones it names. */
function exampleOf({ operation }: Call): string | undefined {
  if (!operation.requestBody) return undefined
  return JSON.stringify(sampleOf(document, jsonOf(operation.requestBody)))
    .replaceAll('0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c', known.store_id!)
    .replaceAll('0199d3a0-5b1e-7b7e-9d0a-5f6f0c7a1b2c', known.id!)
}

test('every example works, and is answered as declared', async () => {
  for (const call of callsOf(document)) {
    const { operationId } = call.operation
    // Only Stripe is told the token of an endpoint that we registered: test/webhooks has its deliveries.
    if (operationId === 'receiveEventAtEndpoint') continue
    const prepared = await preparations[operationId]?.()
    const answer = await send(call, { secret: house.secret, body: exampleOf(call), ...prepared })
    expect([operationId, answer.statusCode, answer.body]).toEqual([
      operationId,
      expect.toSatisfy((status: number) => status >= 200 && status < 300),
      expect.anything(),
    ])
    expect([operationId, ...complaintsAbout(call, answer)]).toEqual([operationId])
  }
})

test('without its secret, a guarded operation answers 401 to anything, and does nothing', async () => {
  const guarded = callsOf(document).filter(({ operation }) => operation.security?.[0]?.partner)
  expect(guarded.length).toBeGreaterThan(10)
  for (const call of guarded) {
    for (const secret of [undefined, '', newSecret(), `${house.secret} `]) {
      const answer = await send(call, { secret, body: exampleOf(call) })
      expect([call.operation.operationId, answer.statusCode, ...complaintsAbout(call, answer)]).toEqual([
        call.operation.operationId,
        401,
      ])
    }
  }
})

test('whatever is sent, the answer is one that is declared, and never our own failure', async () => {
  const broken: string[] = []
  for (const call of callsOf(document)) {
    const { counterexample, errorInstance } = await fc.check(holds(call), { numRuns: RUNS })
    if (!counterexample) continue
    const { message } = errorInstance as Error
    broken.push(`${call.operation.operationId} ${JSON.stringify(counterexample[0])}: ${message}`)
  }
  expect(broken).toEqual([])
}, 120_000)

/** That an operation answers any request, with its secret and now and then without, as it declares. */
function holds(call: Call) {
  const requests = fc.record({
    request: anyRequest(document, call.operation),
    guarded: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  })
  return fc.asyncProperty(requests, async ({ request, guarded }) => {
    const { params, query, body, contentType } = request
    const answer = await send(call, {
      params,
      query,
      secret: guarded ? house.secret : undefined,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: body === undefined ? {} : { 'content-type': contentType },
    })
    // A parameter that is empty, or a dot, makes another address of the path.
    const elsewhere = Object.values(params).some(value => /^\.{0,2}$/.test(value ?? 'good'))
    const complaints = elsewhere ? [] : complaintsAbout(call, answer)
    if (complaints.length > 0) throw new Error(complaints.join('; '))
  })
}

test('an id that nobody has is a 404 at every operation that names one', async () => {
  const unknown = {
    store_id: randomUUID(),
    order_id: randomUUID(),
    product_id: 'nobody',
    vendor_id: 'nobody',
    month: '2026-11',
    id: randomUUID(),
    token: 'x',
  }
  const calls = callsOf(document).filter(({ operation }) => operation.responses[404])
  expect(calls.length).toBeGreaterThan(20)
  for (const call of calls) {
    const answer = await send(call, { secret: house.secret, body: exampleOf(call), params: unknown })
    const { operationId } = call.operation
    if (call.path.includes('{')) expect([operationId, answer.statusCode]).toEqual([operationId, 404])
    expect([operationId, ...complaintsAbout(call, answer)]).toEqual([operationId])
  }
})
