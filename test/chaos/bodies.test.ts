import { randomBytes, randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { intentEvent, paidIntent, SIGNING_SECRET, sign } from '../harness/stripe-event.ts'
import { type OwnInstallation, ownInstallation } from './own-installation.ts'
import { report, size } from './size.ts'

let own: OwnInstallation
let installation: OwnInstallation['installation']
let intents: string[]

beforeAll(async () => {
  own = await ownInstallation()
  installation = own.installation
  const events = (await installation.orders(50)) as { data: { object: { id: string } } }[]
  intents = ['pi_3NotOurs', ...new Set(events.map(({ data }) => data.object.id))]
})
afterAll(() => own?.close())

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

/** What it is answered with; 0 when the connection was cut instead, which only too large a body may be. */
function post(path: string, headers: Record<string, string>, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0
    const outgoing = request(
      `${installation.first.url}${path}`,
      { method: 'POST', agent, headers },
      response => {
        status = response.statusCode!
        response.resume()
        response.on('error', () => undefined)
        response.on('close', () => resolve(status))
      },
    )
    outgoing.on('error', error => (status || body.length > 256 * 1024 ? resolve(status) : reject(error)))
    outgoing.setTimeout(30_000, () => outgoing.destroy(new Error('no answer for half a minute')))
    outgoing.end(body)
  })
}

const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)]!

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  [],
  {},
  [[[[[]]]]],
  { object: 'payment_intent' },
  randomBytes(5_000).toString('hex'),
  Number.MAX_SAFE_INTEGER,
]

const KEYS = ['constructor', 'toString', 'a\u0000', '\udc00', '', 'client_secret', '0'] as const

/** A real event, perhaps of a payment of ours, in which some values are something else altogether. */
function oddEvent(): object {
  const metadata = { store_id: pick([installation.shop.id, 'not a store', '']) }
  const intent = pick(intents)
  const about = { payment_intent: intent, charge: 'ch_3Test', amount: 100, currency: 'eur', metadata }
  const created = Math.floor(Date.now() / 1_000)
  const [type, object] = pick<[string, object]>([
    ['payment_intent.succeeded', paidIntent(intent, 4890, { metadata })],
    ['payment_intent.payment_failed', paidIntent(intent, 4890, { metadata, status: 'processing' })],
    [
      'refund.updated',
      { ...about, id: `re_${randomInt(1_000)}`, object: 'refund', status: 'succeeded', created },
    ],
    ['charge.refunded', { ...about, id: 'ch_3Test', object: 'charge', amount_refunded: 100 }],
    [
      'charge.dispute.created',
      {
        ...about,
        id: `dp_${randomInt(1_000)}`,
        object: 'dispute',
        status: 'needs_response',
        reason: 'fraudulent',
        created,
      },
    ],
    [String(pick(KEYS)), { ...about, id: 'cus_1', object: 'customer' }],
  ])
  const event = intentEvent(type, object)
  const holders = [event, event.data, event.data.object] as Record<string, unknown>[]
  for (let changes = randomInt(4); changes > 0; changes -= 1) {
    const holder = pick(holders)
    holder[randomInt(10) ? pick(Object.keys(holder)) : pick(KEYS)] = pick(ODD)
  }
  return event
}

/** Broken in the middle: cut, or a byte turned. */
function broken(body: Buffer): Buffer {
  const at = randomInt(body.length)
  if (randomInt(2)) return body.subarray(0, at)
  body[at] = randomInt(256)
  return body
}

function randomDelivery(): { path: string; headers: Record<string, string>; body: Buffer } {
  let body = pick([
    () => randomBytes(randomInt(1, 2_000)),
    () => Buffer.from(JSON.stringify(oddEvent())),
    () => Buffer.from(JSON.stringify(oddEvent())),
    () => Buffer.from(JSON.stringify(oddEvent())),
    () => Buffer.from(JSON.stringify(oddEvent())),
    () => broken(Buffer.from(JSON.stringify(oddEvent()))),
    () => Buffer.from(JSON.stringify(pick(ODD))),
    () => Buffer.alloc(0),
  ])()
  if (randomInt(500) === 0) body = randomBytes(300 * 1024)
  const signature = pick([
    () => sign(body.toString(), SIGNING_SECRET),
    () => sign(body.toString(), SIGNING_SECRET),
    () => sign(body.toString(), SIGNING_SECRET),
    () => sign(body.toString(), SIGNING_SECRET),
    () => sign(body.toString(), SIGNING_SECRET, randomInt(2_000_000_000)),
    () =>
      randomBytes(randomInt(1, 80))
        .toString('latin1')
        .replaceAll(/[^\x21-\x7e]/g, 'v1='),
    () => '',
  ])()
  const type = pick(['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'x/y; charset=\\'])
  const path = pick([
    '/webhook/stripe',
    '/webhook/stripe',
    `/webhook/stripe/${randomBytes(48).toString('base64url')}`,
  ])
  return { path, headers: { 'content-type': type, 'stripe-signature': signature }, body }
}

const megabytes = (): number => {
  const status = readFileSync(`/proc/${installation.first.process.pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1_024)
}

test('random bodies, signed and not: none is a failure of ours, and memory stays flat', async () => {
  const most = size(1_000_000, 20_000)
  const statuses = new Map<number, number>()
  const failures: string[] = []
  let left = most
  let warm = 0
  let highest = 0
  async function work(): Promise<void> {
    while (left > 0) {
      left -= 1
      const { path, headers, body } = randomDelivery()
      const status = await post(path, headers, body)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      // 503 is the budget for strangers (src/webhooks/router.ts) doing what it is for.
      if (![0, 200, 400, 503].includes(status)) failures.push(`${status} for ${body}`)
      if (left === Math.floor(most / 2)) warm = megabytes()
      if (left % 5_000 === 0) highest = Math.max(highest, megabytes())
    }
  }
  await Promise.all(Array.from({ length: 32 }, work))
  report(`${most} random bodies`, {
    ...Object.fromEntries(statuses),
    'MB half way': warm,
    'MB at most': highest,
  })
  expect(failures).toEqual([])
  expect(statuses.get(200)).toBeGreaterThan(most / 100)
  expect(highest).toBeLessThan(Math.max(warm * 1.5, 300))
  expect((await fetch(`${installation.first.url}/readyz`)).status).toBe(200)
})

test('slow senders are cut off within half a minute, and others are served meanwhile', async () => {
  const { port } = new URL(installation.first.url)
  const began = Date.now()
  const cut: number[] = []
  const slow = Array.from(
    { length: 200 },
    (_, index) =>
      new Promise<void>(resolve => {
        const socket = connect(Number(port), '127.0.0.1')
        // Half of them never end their headers, half never end their body.
        const head = 'POST /webhook/stripe HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n'
        socket.write(index % 2 ? head : `${head}\r\n`)
        const drip = setInterval(() => socket.write(index % 2 ? 'x-a: b\r\n' : 'x'), 1_000)
        socket.on('error', () => undefined)
        socket.on('data', () => undefined)
        socket.on('close', () => {
          clearInterval(drip)
          cut.push(Date.now() - began)
          resolve()
        })
      }),
  )
  let slowest = 0
  let over = false
  const all = Promise.all(slow).then(() => (over = true))
  while (!over) {
    const at = Date.now()
    expect((await fetch(`${installation.first.url}/readyz`)).status).toBe(200)
    slowest = Math.max(slowest, Date.now() - at)
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  await all
  report('200 slow senders', {
    'cut off after (s)': `${Math.round(Math.min(...cut) / 1_000)} to ${Math.round(Math.max(...cut) / 1_000)}`,
    'slowest other answer (ms)': slowest,
  })
  expect(Math.max(...cut)).toBeLessThan(30_000)
})
