import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { afterAll, beforeAll } from 'vitest'
import { startSandbox } from '../sandbox.ts'

let url = ''
let accounts = 0

/** One sandbox for the tests of a file, a process of its own. */
export function useSandbox(): void {
  let stop = async () => {}
  beforeAll(async () => {
    const running = await startSandbox()
    url = running.url
    stop = running.stop
  })
  afterAll(() => stop())
}

/** 14 characters of an account that no other test uses. */
export const newAccount = (): string => `T${String(++accounts).padStart(13, '0')}`

/** A real Stripe client that speaks to the sandbox and, unless told otherwise, does not try again by itself. */
export function client(key: string, config: Partial<Stripe.StripeConfig> = {}): Stripe {
  const { hostname, port } = new URL(url)
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
  fetch(url + path, {
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
  const answer = await fetch(`${url}/console/api/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

export const sandboxUrl = (): string => url

export interface Received {
  headers: IncomingHttpHeaders
  body: string
  event: Stripe.Event
}

/** A webhook receiver; `answers` are the statuses it gives, the last one for ever. */
export async function receiver(...answers: number[]) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body, event: JSON.parse(body) as Stripe.Event })
      response.writeHead(answers[Math.min(received.length, answers.length) - 1] ?? 200)
      response.end('thanks')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    close: () => new Promise(resolve => server.close(resolve)),
  }
}
