import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { expect, onTestFinished } from 'vitest'
import { control, merchant, newAccount } from './client.ts'

/** Any client will do: the secret is the endpoint's. */
export const verifier = new Stripe('sk_test_51VERIFIER00000Secret1')
export interface Delivery {
  id: string
  type: string
  status: string
  attempts: { status: number | null }[]
}

/** An account with one endpoint that answers as told. */
export async function subscribed({
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
export const arrived = (received: unknown[], count: number) =>
  expect.poll(() => received.length, { timeout: 5000, interval: 10 }).toBe(count)

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
