import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeGate } from '../../src/webhooks/gate.ts'
import { MOST_AT_ONCE } from '../../src/webhooks/routes.ts'
import { type House, openHouse } from '../harness/house.ts'
import { newKeys, openShop, type Shop } from '../harness/shop.ts'
import { deliver, intentEvent, SIGNING_SECRET, sign } from '../harness/stripe-event.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  const keys = { ...newKeys('NoWebhooks', 'test', 'rk'), webhook_secret: SIGNING_SECRET }
  shop = await openShop(house, keys)
})
afterAll(() => house.close())

const customer = (more: object = {}) =>
  intentEvent('customer.created', {
    id: 'cus_1',
    object: 'customer',
    metadata: { store_id: shop.id },
    ...more,
  })

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const signature = sign(body.toString(), SIGNING_SECRET)
  const response = await fetch(`${house.url}/webhook/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signature, ...headers },
    body: body as string,
  })
  await response.arrayBuffer()
  return response
}

describe('more deliveries than can be worked on', () => {
  test('the rest is refused at once, to be sent again, and those inside are all taken', async () => {
    let release = () => {}
    const holding = house.deps.db.transaction().execute(async trx => {
      // Nothing gets past this, on either engine: the embedded one has a single connection.
      if (house.deps.db.engine.kind === 'postgres') {
        await trx.executeQuery({ sql: 'lock table events in exclusive mode', parameters: [] } as never)
      }
      await new Promise<void>(resolve => (release = resolve))
    })
    const over = 40
    let answered = 0
    const bodies = Array.from({ length: MOST_AT_ONCE + over }, () => JSON.stringify(customer()))
    const sending = bodies.map(async body => {
      const response = await post(body)
      answered += 1
      return response
    })
    while (answered < over) await new Promise(resolve => setTimeout(resolve, 10))
    expect(answered).toBe(over)
    release()
    await holding
    const answers = await Promise.all(sending)
    const refused = answers.filter(({ status }) => status === 503)
    expect(refused).toHaveLength(over)
    expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(MOST_AT_ONCE)
    expect((await post(bodies[0]!)).status).toBe(200)
  })

  test('the gate counts failures out again', async () => {
    const through = makeGate(1, 5)
    await expect(through(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    let end = () => {}
    const inside = through(() => new Promise<void>(resolve => (end = resolve)))
    await expect(through(async () => 1)).rejects.toMatchObject({ status: 503, retryAfter: 5 })
    end()
    await inside
    expect(await through(async () => 2)).toBe(2)
  })
})

describe('what is too much', () => {
  test('a body of 300 KiB is a 400, and one of 250 KiB is taken', async () => {
    const padded = (kib: number) => JSON.stringify(customer({ description: 'x'.repeat(kib * 1024) }))
    expect((await post(padded(300))).status).toBe(400)
    expect((await post(padded(250))).status).toBe(200)
  })

  test('a body of unknown length that goes on and on is cut off, and others are served', async () => {
    const endless = raw(
      `POST /webhook/stripe HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nstripe-signature: ${sign('', SIGNING_SECRET)}\r\ntransfer-encoding: chunked\r\n\r\n`,
    )
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    for (let sent = 0; sent < 8; sent += 1) endless.socket.write(chunk)
    expect(await endless.said).toMatch(/^HTTP\/1\.1 400 /)
    expect((await post(JSON.stringify(customer()))).status).toBe(200)
  })

  test.each([
    ['one header of 64 KiB', `x-long: ${'x'.repeat(64 * 1024)}\r\n`],
    ['five thousand headers', Array.from({ length: 5_000 }, (_, n) => `x-${n}: y\r\n`).join('')],
  ])('%s: refused, and others are served', async (_what, headers) => {
    const body = JSON.stringify(customer())
    const flood = raw(
      `POST /webhook/stripe HTTP/1.1\r\nhost: x\r\n${headers}stripe-signature: ${sign(body, SIGNING_SECRET)}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    expect(await flood.said).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect((await post(body)).status).toBe(200)
  })

  test('a signature header of a thousand parts is refused before any secret is tried', async () => {
    const event = customer()
    const header = `${sign(JSON.stringify(event), SIGNING_SECRET)}${`,v1=${'a'.repeat(64)}`.repeat(200)}`
    expect((await deliver(house, event, { header })).status).toBe(400)
  })
})

describe('compressed bodies', () => {
  test.each(['gzip', 'br', 'deflate'])('%s: Stripe sends none, so none is unpacked', async encoding => {
    const packed = gzipSync(JSON.stringify(customer()))
    expect((await post(packed, { 'content-encoding': encoding })).status).toBe(400)
  })

  test('a bomb stays packed', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024))
    const before = process.memoryUsage().rss
    expect((await post(bomb, { 'content-encoding': 'gzip' })).status).toBe(400)
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024)
  })
})

/** A request as bytes, and all that comes back until the other side ends it. */
function raw(start: string) {
  const socket = connect(house.deps.config.port, '127.0.0.1')
  let text = ''
  const said = new Promise<string>(resolve => {
    socket.on('data', data => {
      text += data
      resolve(text)
    })
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
  })
  socket.write(start)
  return { socket, said }
}
