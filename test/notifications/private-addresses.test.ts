import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mayReach } from '../../src/notifications/addresses.ts'
import { makeSender, type Resolve } from '../../src/notifications/send.ts'
import { type House, openHouse } from '../harness/house.ts'
import { openReceiver, type Receiver } from '../harness/receiver.ts'
import { internal, newStore } from '../harness/shop.ts'

let receiver: Receiver
let six: Receiver

beforeAll(async () => {
  receiver = await openReceiver()
  six = await openReceiver('::1')
})
afterAll(async () => {
  await receiver.close()
  await six.close()
})

/** Spellings of this machine, of private networks and of cloud metadata. `PORT` is where the canary listens. */
const HOSTS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '0.0.0.0',
  '0',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '127.000.000.001',
  '１２７.０.０.１',
  '①②⑦.0.0.1',
  '127。0。0。1',
  '127.255.255.254',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fec0::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  'localhost',
  'localhost.',
  'LOCALHOST',
  'ip6-localhost',
]

const portOf = (url: string) => new URL(url).port

describe('in production nothing of a private network is reached', () => {
  const send = makeSender({ production: true })

  test.each(HOSTS)('%s', async host => {
    for (const scheme of ['https', 'http']) {
      for (const port of [portOf(receiver.url), portOf(six.url)]) {
        let url: URL
        try {
          url = new URL(`${scheme}://${host}:${port}/hooks`)
        } catch {
          continue // not a URL at all: it would not have been saved
        }
        expect(await send(url.href, {}, '{}')).toHaveProperty('problem')
      }
    }
    expect([...receiver.received, ...six.received]).toEqual([])
  })

  test('nor by a name that answers with a private address, alone or among public ones', async () => {
    const names: Record<string, string[]> = {
      'private.example': ['127.0.0.1'],
      'mixed.example': ['93.184.215.14', '127.0.0.1'],
      'six.example': ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::1'],
      'mapped.example': ['::ffff:127.0.0.1'],
      'none.example': [],
    }
    const resolve: Resolve = async name =>
      names[name]!.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))
    const strict = makeSender({ production: true }, resolve)
    for (const name of Object.keys(names)) {
      expect(await strict(`https://${name}:${portOf(receiver.url)}/hooks`, {}, '{}')).toHaveProperty(
        'problem',
      )
    }
    expect([...receiver.received, ...six.received]).toEqual([])
  })

  test('nor by user names in the address', async () => {
    expect(await send(`https://partner.example@127.0.0.1:${portOf(receiver.url)}/`, {}, '{}')).toEqual({
      problem: 'address not allowed',
    })
  })
})

test('a name is looked up once, and what was judged is what is connected to', async () => {
  let asked = 0
  const rebinding: Resolve = async () => {
    asked += 1
    return [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
  }
  const send = makeSender({ production: false }, rebinding)
  expect(await send(`http://partner.example:${portOf(receiver.url)}/hooks`, {}, '{}')).toEqual({
    status: 200,
  })
  expect([asked, receiver.received.pop()?.headers.host]).toEqual([
    1,
    `partner.example:${portOf(receiver.url)}`,
  ])
})

test('outside production this machine may be told, and no other private address', async () => {
  expect(['127.0.0.1', '::1', '8.8.8.8'].map(address => mayReach(address, { loopback: true }))).toEqual([
    true,
    true,
    true,
  ])
  expect(
    ['10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', 'fd00::1'].map(at =>
      mayReach(at, { loopback: true }),
    ),
  ).toEqual(Array(4).fill(false))
  const send = makeSender({ production: false })
  expect(await send(receiver.url, {}, '{}')).toEqual({ status: 200 })
  expect(await send('http://10.0.0.1/', {}, '{}')).toEqual({ problem: 'address not allowed' })
  receiver.received.length = 0
})

describe('an address that nothing is ever sent to is refused when it is saved', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  test.each([
    'http://10.0.0.1/',
    'http://[fd00::1]/',
    'http://169.254.169.254/latest',
    'ftp://a.example/',
    'no',
  ])('%s', async url => {
    const { id } = await newStore(house)
    const { status, body } = await internal(house, 'PUT', `/stores/${id}/notification-endpoints/x`, { url })
    expect([status, body.errors[0].pointer]).toEqual([422, '/url'])
  })
})
