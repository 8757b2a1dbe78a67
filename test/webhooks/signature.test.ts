import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { isTimely, readSignature, signedBy } from '../../src/webhooks/signature.ts'

const secret = 'whsec_test'
const body = '{"id":"evt_1","object":"event"}'
const now = 1_800_000_000
const hmac = (time: string | number, key = secret) =>
  createHmac('sha256', key).update(`${time}.${body}`).digest('hex')

function accepts(header: string): boolean {
  const signature = readSignature(header)
  return (
    signature !== undefined &&
    isTimely(signature, now * 1_000) &&
    signedBy(new Secret(secret), signature, Buffer.from(body))
  )
}

describe('the signature header', () => {
  test.each([
    ['as Stripe sends it', `t=${now},v1=${hmac(now)}`],
    ['with an old scheme beside it', `t=${now},v1=${hmac(now)},v0=${hmac(now, 'other')}`],
    ['with two while a secret rolls', `t=${now},v1=${hmac(now, 'other')},v1=${hmac(now)}`],
    ['299 seconds old', `t=${now - 299},v1=${hmac(now - 299)}`],
    ['299 seconds ahead', `t=${now + 299},v1=${hmac(now + 299)}`],
  ])('is accepted %s', (_name, header) => expect(accepts(header)).toBe(true))

  test.each([
    ['missing', ''],
    ['without a time', `v1=${hmac(now)}`],
    ['with two times', `t=${now},t=${now},v1=${hmac(now)}`],
    ['301 seconds old', `t=${now - 301},v1=${hmac(now - 301)}`],
    ['301 seconds ahead', `t=${now + 301},v1=${hmac(now + 301)}`],
    ['years ahead', `t=9999999999,v1=${hmac('9999999999')}`],
    ['with a time in milliseconds', `t=${now}000,v1=${hmac(`${now}000`)}`],
    ['signed by another secret', `t=${now},v1=${hmac(now, 'other')}`],
    ['in upper case', `t=${now},v1=${hmac(now).toUpperCase()}`],
    ['cut short', `t=${now},v1=${hmac(now).slice(1)}`],
    [
      'with nine signatures',
      `t=${now},${Array(9)
        .fill(`v1=${hmac(now)}`)
        .join(',')}`,
    ],
    ['of the old scheme only', `t=${now},v0=${hmac(now)}`],
  ])('is refused %s', (_name, header) => expect(accepts(header)).toBe(false))

  test('is never accepted where the Stripe SDK refuses it', () => {
    const stripe = new Stripe('sk_test_x')
    const sdkAccepts = (header: string): boolean => {
      try {
        stripe.webhooks.signature!.verifyHeader(body, header, secret, 300, undefined, now * 1_000)
        return true
      } catch {
        return false
      }
    }
    const time = fc.constantFrom(now, now - 299, now - 301, now + 299, 9_999_999_999, '', 'x', ` ${now}`)
    const part = fc.oneof(
      time.map(value => `t=${value}`),
      time.map(value => `v1=${hmac(value)}`),
      time.map(value => ` v1 = ${hmac(value)} `),
      fc.constantFrom(`v1=${hmac(now, 'other')}`, `v0=${hmac(now)}`, 'v1=', '=', 't', `v1==${hmac(now)}`),
      fc.string(),
    )
    let accepted = 0
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), parts => {
        const header = parts.join(',')
        if (!accepts(header)) return
        accepted += 1
        expect([header, sdkAccepts(header)]).toEqual([header, true])
      }),
      { numRuns: 100_000 },
    )
    expect(accepted).toBeGreaterThan(20)
  })
})
