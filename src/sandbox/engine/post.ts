import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

/** What came of one try: the status, or why there is none. `final` says that trying again is useless. */
export interface Answer {
  status: number | null
  ms: number
  error?: string
  /** The first characters of what the endpoint said. */
  body?: string
  final?: boolean
}

const agents = {
  'http:': new HttpAgent({ keepAlive: true, maxSockets: 64 }),
  'https:': new HttpsAgent({ keepAlive: true }),
}
const timeout = 10_000

/** Only this machine is ever contacted: the sandbox is for demos and tests. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  )
}

/** Delivers a webhook with Stripe's headers. Redirects are not followed, as at Stripe. */
export function post(to: string, body: string, signature: string): Promise<Answer> {
  const url = new URL(to)
  const started = Date.now()
  if (!isLoopback(url)) {
    return Promise.resolve({
      status: null,
      ms: 0,
      error: 'the sandbox reaches loopback addresses only',
      final: true,
    })
  }
  const secure = url.protocol === 'https:'
  return new Promise(resolve => {
    const done = (answer: Omit<Answer, 'ms'>) => resolve({ ...answer, ms: Date.now() - started })
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: agents[secure ? 'https:' : 'http:'],
      timeout,
      headers: {
        accept: '*/*; q=0.5, application/xml',
        'cache-control': 'no-cache',
        'content-length': Buffer.byteLength(body),
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signature,
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
    })
    request.on('response', response => {
      let said = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        if (said.length < 500) said += chunk.slice(0, 500)
      })
      response.on('end', () => done({ status: response.statusCode ?? null, body: said.slice(0, 500) }))
      response.on('error', error => done({ status: null, error: error.message }))
    })
    request.on('timeout', () => request.destroy(new Error('timed out')))
    request.on('error', error => done({ status: null, error: error.message }))
    request.end(body)
  })
}
