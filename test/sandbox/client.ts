import { randomUUID } from 'node:crypto'
import Stripe from 'stripe'
import { inject } from 'vitest'

/** The one sandbox of this run of tests. */
export const sandboxUrl = (): string => inject('sandboxUrl')

/** 14 characters of an account that no other test uses. */
export const newAccount = (): string => randomUUID().replaceAll('-', '').slice(0, 14)

/** A real Stripe client that speaks to the sandbox and, unless told otherwise, does not try again by itself. */
export function client(key: string, config: Partial<Stripe.StripeConfig> = {}): Stripe {
  const { hostname, port } = new URL(sandboxUrl())
  return new Stripe(key, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    ...config,
  })
}

/** A client of an account of its own, with a secret key. */
export const merchant = (account = newAccount(), mode: 'test' | 'live' = 'test'): Stripe =>
  client(`sk_${mode}_51${account}Secret1`)

/** What was thrown: for looking at a refusal from all sides. */
export async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise
  } catch (error) {
    return error as Stripe.errors.StripeError
  }
  throw new Error('nothing was refused')
}

interface Asked {
  method?: string
  key?: string
  headers?: Record<string, string>
  form?: string
}

/** A request without the SDK, for what the SDK would not send. */
export const ask = (
  path: string,
  { method = 'GET', key, headers = {}, form }: Asked = {},
): Promise<Response> =>
  fetch(sandboxUrl() + path, {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(form === undefined ? {} : { body: form }),
  })

/** The control API: GET without a body, POST with one. */
export async function control<T = unknown>(
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
) {
  const answer = await fetch(`${sandboxUrl()}/console/api/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
