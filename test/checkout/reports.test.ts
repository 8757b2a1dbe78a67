import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { fromSomewhere } from '../harness/shop.ts'

let house: House
let log = ''

beforeAll(async () => {
  const logTo = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  house = await openHouse({ LOG_LEVEL: 'warn' }, logTo)
})
afterAll(() => house.close())

const report = (body: string, type = 'application/csp-report') =>
  fetch(`${house.url}/page-violations`, {
    method: 'POST',
    headers: { 'content-type': type, ...fromSomewhere() },
    body,
  })

test('a violation is logged by its rule and origin, without the token of the page', async () => {
  const answer = await report(
    JSON.stringify({
      'csp-report': {
        'document-uri': 'https://pay.example/checkout/SecretCanaryToken?x=canary',
        'effective-directive': 'script-src-elem',
        'blocked-uri': 'https://evil.example/skimmer.js?canary=1',
        'script-sample': 'canary()',
      },
    }),
  )
  expect(answer.status).toBe(204)
  expect(log).toContain('"rule":"script-src","page":"/checkout","blocked":"https://evil.example"')
  expect(log).not.toMatch(/canary/i)
})

test.each([
  '',
  'null',
  '[]',
  '{"csp-report":1}',
  '{"csp-report":{"blocked-uri":"canary\\nline"}}',
  'x'.repeat(5_000),
])('nonsense is answered and repeated nowhere: %j', async body => {
  expect((await report(body)).status).toBeLessThan(500)
  expect(log).not.toMatch(/canary/i)
})

test('what is too large is refused', async () => {
  expect((await report('x'.repeat(10_000))).status).toBe(400)
})
