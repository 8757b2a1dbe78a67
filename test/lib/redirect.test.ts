import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowedRedirect } from '../../src/lib/redirect.ts'

const origins = ['https://shop.example', 'http://localhost:8080']
const allow = (url: string, production = false) => allowedRedirect(url, origins, production)

test.each([
  'https://shop.example',
  'https://shop.example/thanks?order=1#top',
  'https://SHOP.example/x',
  'https://shop.example:443/x',
  'http://localhost:8080/x',
])('%s is followed', url => expect(allow(url)).toBe(new URL(url).href))

test('plain http is not followed in production, not even to localhost', () => {
  expect(allow('http://localhost:8080/x', true)).toBeUndefined()
})

/** Ways to make a URL look like the shop's and lead elsewhere. */
function tricks(): string[] {
  const evil = 'evil.example'
  const hosts = [
    evil,
    `shop.example.${evil}`,
    `shop.example@${evil}`,
    `shop.example:443@${evil}`,
    `shop.example%40${evil}`,
    `shop.example%2f@${evil}`,
    `shop.example%00.${evil}`,
    `shop.example\\.${evil}`,
    `${evil}\\@shop.example`,
    `shop.example#@${evil}/`.replace('#', '%23'),
    `shop.example.`,
    `shop.example..`,
    'shop.exampIe',
    'shop。example',
    'shop.example:8443',
    'shop.example:80',
    'xn--shop-example',
    '[::1]',
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    'localhost',
    'sh%6fp.example.evil.example',
    'user@shop.example',
    'user:pass@shop.example',
    ':@shop.example',
    '@shop.example',
    `shop.example\t.${evil}`,
    `shop.example\n.${evil}`,
    'shop.example\u202e',
    '\u200bshop.example',
    'shop.ex\u00adample',
  ]
  const schemes = [
    'https://',
    'http://',
    'https:',
    'https:\\\\',
    'https:/\\',
    'https:///',
    '//',
    '\\\\',
    '/\\',
    ' https://',
    '\thttps://',
    'ht\ntps://',
  ]
  const whole = [
    '',
    '/',
    '/thanks',
    'thanks',
    '?x',
    '#x',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'java\nscript:alert(1)',
    'javascript://shop.example/%0aalert(1)',
    'blob:https://shop.example/x',
    'file:///etc/passwd',
    'ftp://shop.example',
    'ws://shop.example',
    'wss://shop.example',
    'view-source:https://shop.example',
    'about:blank',
    'null',
    'undefined',
    'https://',
    'https:// shop.example',
    'https://shop.example /x',
    'https://shop.example\\x',
    'https://shop.example/\u0000',
    `https://shop.example/${'x'.repeat(2_000)}`,
    'intent://shop.example#Intent;scheme=https;end',
    'mailto:a@shop.example',
    'vbscript:x',
    'filesystem:https://shop.example/x',
  ]
  return [...whole, ...schemes.flatMap(scheme => hosts.map(host => `${scheme}${host}`))]
}

describe('of many tricks', () => {
  const corpus = tricks()

  test('there are at least two hundred', () => expect(new Set(corpus).size).toBeGreaterThanOrEqual(200))

  test('none leads anywhere but to the list', () => {
    for (const url of corpus) {
      const followed = allow(url)
      if (followed === undefined) continue
      const { origin, username, password } = new URL(followed)
      expect([url, origins.includes(origin), username, password]).toEqual([url, true, '', ''])
    }
  })

  test('none that needs a browser to mend it is followed', () => {
    for (const url of corpus.filter(text => /[\s\\]|^\/|@/.test(text)))
      expect([url, allow(url)]).toEqual([url, undefined])
  })
})

test('whatever is followed has exactly an origin of the list', () => {
  const pieces = fc.constantFrom(
    'https://',
    'http://',
    'shop.example',
    'evil.example',
    '@',
    ':',
    '/',
    '\\',
    '.',
    '#',
    '?',
    '%2f',
    '%40',
    '8080',
    'localhost',
    '\t',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), parts => {
      const followed = allow(parts.join(''))
      if (followed !== undefined) expect(origins).toContain(new URL(followed).origin)
    }),
    { numRuns: 5_000 },
  )
})
