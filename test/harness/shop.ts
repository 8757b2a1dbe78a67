import { randomBytes, randomInt } from 'node:crypto'
import type { House } from './house.ts'

export type Keys = { publishable_key: string; secret_key: string; account_id: string }

/** Keys of a Stripe account that nobody else in this run uses. `rest` is what the sandbox reads rights from. */
export function newKeys(rest = 'Secret', mode: 'test' | 'live' = 'test', kind: 'sk' | 'rk' = 'sk'): Keys {
  const account = randomBytes(12).toString('hex').toUpperCase().slice(0, 14)
  return {
    account_id: `acct_1${account}`,
    publishable_key: `pk_${mode}_51${account}Public0000`,
    secret_key: `${kind}_${mode}_51${account}${rest}0000`,
  }
}

/** A header that makes a request come from an address nobody else uses. */
export const fromSomewhere = () => ({
  'x-forwarded-for': `198.${randomInt(18, 20)}.${randomInt(256)}.${randomInt(256)}`,
})

/** The body of an answer, for tests to look into. */
export const json = async (response: Response) => JSON.parse(await response.text())

/** Calls the internal API as the house's partner. */
export async function internal(
  house: House,
  method: string,
  path: string,
  body?: unknown,
  secret = house.secret,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${house.url}/api/internal${path}`, {
    method,
    headers: {
      'x-internal-secret': secret,
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** A store with two products, not connected. */
export async function newStore(house: House, more: object = {}): Promise<{ id: string }> {
  const { status, body } = await internal(house, 'POST', '/stores', {
    name: 'Test Store',
    currency: 'eur',
    owner_email: 'owner@example.com',
    origins: ['https://shop.example', house.url],
    ...more,
  })
  if (status !== 201) throw new Error(`store: ${JSON.stringify(body)}`)
  for (const [id, price] of [
    ['mug', 1800],
    ['beans', '12.90'],
  ] as const) {
    await internal(house, 'PUT', `/stores/${body.id}/products/${id}`, {
      name: `The ${id}`,
      price,
      currency: body.currency,
    })
  }
  return body
}

/** Connects a store as its owner does: opens a partner's link and sends the form. Answers the form's response. */
export async function connect(house: House, storeId: string, keys: object): Promise<Response> {
  const { body } = await internal(house, 'POST', `/stores/${storeId}/connect-links`, {})
  const ct = new URL(body.url).searchParams.get('ct')!
  return sendConnectForm(house, { store_id: storeId, ct, ...keys })
}

export function sendConnectForm(house: House, fields: object, origin = house.url): Promise<Response> {
  return fetch(`${house.url}/stripe/connect`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...fromSomewhere() },
    body: new URLSearchParams(fields as Record<string, string>),
  })
}

export type Shop = { id: string; keys: Keys }

/** A store that takes payments. */
export async function openShop(house: House, keys = newKeys(), more: object = {}): Promise<Shop> {
  const { id } = await newStore(house, more)
  const response = await connect(house, id, keys)
  if (response.status !== 303) throw new Error(`connect answered ${response.status}`)
  return { id, keys }
}

export type Checkout = { id: string; order_id: string; url: string; token: string; confirmation_code: string }

/** Opens a checkout of two mugs and a bag of beans: 4890 minor units. */
export async function openCheckout(house: House, shop: Shop, more: object = {}): Promise<Checkout> {
  const { status, body } = await internal(house, 'POST', `/stores/${shop.id}/checkout-sessions`, {
    line_items: [
      { product_id: 'mug', quantity: 2 },
      { product_id: 'beans', quantity: 1 },
    ],
    success_url: 'https://shop.example/thanks',
    cancel_url: 'https://shop.example/cart',
    ...more,
  })
  if (status !== 201) throw new Error(`checkout: ${JSON.stringify(body)}`)
  return { ...body, token: body.url.split('/').at(-1) }
}

/** Presses the pay button: the server's half of it. */
export async function pay(house: House, token: string, body: object = {}) {
  const response = await fetch(`${house.url}/checkout/${token}/pay`, {
    method: 'POST',
    headers: { origin: house.url, 'content-type': 'application/json', ...fromSomewhere() },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await json(response) }
}

/** The browser's half: what Stripe.js does with a client secret and a test card. */
export async function confirm(
  house: House,
  shop: Shop,
  clientSecret: string,
  card = 'pm_card_visa',
  more: Record<string, string> = {},
) {
  const id = clientSecret.split('_secret_')[0]
  const response = await fetch(`${house.deps.config.stripe.apiUrl}/v1/payment_intents/${id}/confirm`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.keys.publishable_key}` },
    body: new URLSearchParams({
      client_secret: clientSecret,
      payment_method: card,
      return_url: `${house.url}/nowhere`,
      ...more,
    }),
  })
  return { status: response.status, body: await json(response) }
}

export async function orderOf(house: House, shop: Shop, orderId: string) {
  const { body } = await internal(house, 'GET', `/stores/${shop.id}/orders/${orderId}`)
  return body
}

/** Waits, at most a quarter of a minute, until something is as it should be. */
export async function until<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  // Far longer than it takes, even on a machine that does much else.
  const end = Date.now() + 15_000
  for (;;) {
    const value = await look()
    if (good(value)) return value
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(value)}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
