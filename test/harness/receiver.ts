import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeTelling } from '../../src/notifications/telling.ts'
import type { House } from './house.ts'
import { internal } from './shop.ts'

export type Received = { headers: IncomingHttpHeaders; body: string }

export type Receiver = {
  url: string
  /** Everything that arrived, whatever it was answered. */
  received: Received[]
  /** How it answers from now on. */
  answer: (respond: (response: ServerResponse) => void) => void
  close(): Promise<void>
}

const ok = (response: ServerResponse): void => {
  response.end('ok')
}

/** A partner's receiver of notifications, on this machine. */
export async function openReceiver(host = '127.0.0.1'): Promise<Receiver> {
  const received: Received[] = []
  let respond = ok
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      respond(response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/hooks`,
    received,
    answer: how => {
      respond = how
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Has a receiver told what happens in a shop; answers the secret, when the endpoint is new. */
export async function listen(
  house: House,
  shop: { id: string },
  url: string,
  { endpoint = 'hooks', ...more }: { endpoint?: string; types?: string[] } = {},
): Promise<string> {
  const path = `/stores/${shop.id}/notification-endpoints/${endpoint}`
  const { status, body } = await internal(house, 'PUT', path, { url, ...more })
  if (status !== 200) throw new Error(`listen: ${JSON.stringify(body)}`)
  return body.secret
}

/** Tells partners, and shoppers by mail, what they have to hear by now, once: the service does so all the time. */
export const tellNow = (house: House): Promise<unknown> =>
  makeTelling(house.deps, { error: () => undefined }).tellNow()

export const idsOf = (receiver: Receiver): unknown[] =>
  receiver.received.map(({ headers }) => headers['webhook-id'])

export const typesOf = (receiver: Receiver): unknown[] =>
  receiver.received.map(({ body }) => JSON.parse(body).type)
