import { request as send } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { widgetScript } from '../../src/checkout/widget.ts'
import { locales, shopperTexts } from '../../src/lib/catalogues.ts'
import { type House, openHouse } from '../harness/house.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** What crosses the wire, which fetch would unpack. */
function get(headers: Record<string, string>, path = '/widget.js') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const request = send(`${house.url}${path}`, { headers }, response => {
        const parts: Buffer[] = []
        response.on('data', part => parts.push(part))
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }),
        )
      })
      request.on('error', reject).end()
    },
  )
}

test.each([
  ['br', 'gzip, deflate, br', brotliDecompressSync],
  ['gzip', 'gzip, br;q=0', gunzipSync],
  [undefined, 'identity', (body: Buffer) => body],
] as const)(
  'the widget is one script, sent as %s, at most 12 KB compressed',
  async (encoding, accepted, unpack) => {
    const { status, headers, body } = await get({ 'accept-encoding': accepted })
    expect([status, headers['content-encoding'], headers.vary]).toEqual([200, encoding, 'accept-encoding'])
    expect(unpack(body).toString()).toBe(widgetScript())
    if (encoding) expect(body.length).toBeLessThanOrEqual(12 * 1024)
  },
)

test('pages of any origin may load it, keep it for a moment, and are told when nothing has changed', async () => {
  const { headers } = await get({})
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
  const again = await get({ 'if-none-match': String(headers.etag) })
  expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag])
  expect((await get({ 'if-none-match': 'W/"another"' })).status).toBe(200)
})

test('it is a whole script, has English at hand, and leaves our comments at home', () => {
  const script = widgetScript()
  expect(() => new Function(script)).not.toThrow()
  const [, texts] = /^start\((\{.*\}), "/m.exec(script)!
  expect(JSON.parse(texts!)).toEqual(shopperTexts.en.widget)
  expect(script).not.toMatch(/^\s*(\/\/|\/\*|import |export )/m)
})

test.each(locales)('its texts in %s are one small file, for any origin', async locale => {
  const { status, headers, body } = await get({ 'accept-encoding': 'br' }, `/widget/${locale}.json`)
  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  expect(headers).toMatchObject({ 'access-control-allow-origin': '*', vary: 'accept-encoding' })
  expect(body.length).toBeLessThan(2 * 1024)
  expect(JSON.parse(brotliDecompressSync(body).toString())).toEqual({
    locale,
    dir: ['ar', 'he'].includes(locale) ? 'rtl' : 'ltr',
    texts: shopperTexts[locale].widget,
  })
  const again = await get({ 'if-none-match': String(headers.etag) }, `/widget/${locale}.json`)
  expect([again.status, again.body.length]).toEqual([304, 0])
})

test.each([
  ['pt', 'pt-PT'],
  ['zh-Hant-HK', 'zh-TW'],
  ['de-AT', 'de'],
  ['tlh', 'en'],
  ['__proto__', 'en'],
  ['%3Cscript%3E', 'en'],
])('the texts for a page in %s are those in %s', async (tag, locale) => {
  const { body } = await get({}, `/widget/${tag}.json`)
  expect(JSON.parse(body.toString())).toMatchObject({ locale, texts: shopperTexts[locale as 'en'].widget })
})
