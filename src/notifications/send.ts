import { lookup as dnsLookup } from 'node:dns/promises'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { literalOf, mayReach } from './addresses.ts'

/** The whole of an attempt, in milliseconds, and how much of an answer is read before the connection is cut. */
const PATIENCE = 10_000
const MOST_READ = 16 * 1024

export type Resolve = (hostname: string) => Promise<{ address: string; family: number }[]>

export type Sender = (url: string, headers: Record<string, string>, body: string) => Promise<Answer>

/** An HTTP status, or why there was none. What the receiver said is neither kept nor looked at. */
export type Answer = { status: number } | { problem: string }

const REFUSED = 'address not allowed'

/**
 * Sends to addresses that may be reached and to no other: the literal one, or every one that the name has right now,
 * which is also the one that is connected to. Redirects are answers like any other and not followed.
 */
export function makeSender(
  { production }: { production: boolean },
  resolve: Resolve = hostname => dnsLookup(hostname, { all: true, verbatim: true }),
): Sender {
  const allowed = { loopback: !production }

  return async function send(url, headers, body) {
    const target = new URL(url)
    const { protocol, hostname } = target
    if (protocol !== 'https:' && (production || protocol !== 'http:')) return { problem: REFUSED }
    if (target.username || target.password) return { problem: REFUSED }
    const literal = literalOf(hostname)
    if (literal !== undefined && !mayReach(literal, allowed)) return { problem: REFUSED }

    let addresses: { address: string; family: number }[] = []
    if (literal === undefined) {
      try {
        addresses = await resolve(hostname)
      } catch {
        return { problem: 'name not found' }
      }
      if (addresses.length === 0) return { problem: 'name not found' }
      if (!addresses.every(({ address }) => mayReach(address, allowed))) return { problem: REFUSED }
    }
    return post(target, headers, body, connectTo(addresses))
  }
}

// The name was looked up once, and those answers were judged: nobody looks it up again.
const connectTo =
  (addresses: { address: string; family: number }[]): LookupFunction =>
  (_hostname, options, done) => {
    const [first] = addresses
    if (options.all) done(null, addresses)
    else if (first) done(null, first.address, first.family)
    else done(new Error('no address'), '')
  }

function post(
  target: URL,
  headers: Record<string, string>,
  body: string,
  lookup: LookupFunction,
): Promise<Answer> {
  return new Promise(settled => {
    const over = AbortSignal.timeout(PATIENCE)
    const request = (target.protocol === 'https:' ? secureRequest : plainRequest)(target, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup,
      agent: false,
      signal: over,
    })
    request.on(
      'response',
      response => void drain(response).then(() => settled({ status: response.statusCode! })),
    )
    request.on('error', error => settled({ problem: over.aborted ? 'no answer in time' : codeOf(error) }))
    request.end(body)
  })
}

/** Reads a little, so that an honest receiver is not cut off, and forgets it. */
async function drain(response: IncomingMessage): Promise<void> {
  let read = 0
  response.on('error', () => undefined)
  await new Promise<void>(over => {
    response.on('close', over)
    response.on('data', (chunk: Buffer) => {
      read += chunk.length
      if (read > MOST_READ) response.destroy()
    })
  })
}

// Codes only: messages may repeat addresses or parts of certificates.
const codeOf = (error: Error & { code?: string }): string => error.code ?? 'connection failed'
