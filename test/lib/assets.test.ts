import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { openCheckout, openShop } from '../harness/shop.ts'

let house: House
let page: string
let assets: string[]

beforeAll(async () => {
  house = await openHouse()
  const { url } = await openCheckout(house, await openShop(house))
  page = (await get(new URL(url).pathname)).body.toString()
  assets = [...new Set(page.match(/\/assets\/[\w/.+-]+/g))]
})
afterAll(() => house.close())

/** Without fetch, which unpacks by itself. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      request(`${house.url}${path}`, { headers, method }, async response => {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part)
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) })
      })
        .on('error', reject)
        .end()
    },
  )
}

/** What of public/ is at this address: a file, or style sheets in one. */
function fileOf(path: string): Buffer {
  const names = path.split('/').slice(3).join('/').split('+')
  return Buffer.concat(names.map(name => readFileSync(new URL(`../../public/${name}`, import.meta.url))))
}

test.each([
  ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
  ['gzip', 'gzip, br;q=0', gunzipSync],
  [undefined, 'identity', (body: Buffer) => body],
] as const)(
  'without a proxy, assets are sent as %s to whoever takes it',
  async (encoding, accepted, unpack) => {
    expect(assets.length).toBeGreaterThan(3)
    for (const path of assets) {
      const { status, headers, body } = await get(path, { 'accept-encoding': accepted })
      expect([path, status, headers['content-encoding']]).toEqual([path, 200, encoding])
      expect(headers).toMatchObject({
        vary: 'accept-encoding',
        'content-length': String(body.length),
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': expect.stringMatching(/^(text\/(css|javascript)|image\/svg\+xml); charset=utf-8$/),
      })
      expect(unpack(body).equals(fileOf(path))).toBe(true)
    }
  },
)

test('who has an asset is told so, who asks for its head gets no body, and there is nothing else', async () => {
  const [path = ''] = assets
  const { headers } = await get(path, { 'accept-encoding': 'br' })
  const again = await get(path, { 'accept-encoding': 'br', 'if-none-match': String(headers.etag) })
  expect([again.status, again.body.length, again.headers.vary]).toEqual([304, 0, 'accept-encoding'])
  const head = await get(path, { 'accept-encoding': 'br' }, 'HEAD')
  expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
    200,
    0,
    headers['content-length'],
  ])
  const folder = path.slice(0, path.lastIndexOf('/'))
  for (const other of ['', '/', '/nothing.css', '/../package.json', '/%2e%2e/package.json', '/__proto__'])
    expect([other, (await get(folder + other)).status]).toEqual([other, 404])
})

test('a page asks for one style sheet; others may be put together, each once, but are neither packed nor kept', async () => {
  const [sheet, ...more] = assets.filter(path => path.endsWith('.css'))
  expect([more, sheet]).toEqual([[], expect.stringContaining('+')])
  const folder = sheet!.slice(0, sheet!.lastIndexOf('/'))
  for (let time = 0; time < 2; time += 1) {
    const other = `${folder}/portal.css+tokens.css`
    const { status, headers, body } = await get(other, { 'accept-encoding': 'br' })
    expect([status, headers['content-encoding'], headers['content-type']]).toEqual([
      200,
      undefined,
      'text/css; charset=utf-8',
    ])
    expect(body.equals(fileOf(other))).toBe(true)
  }
  for (const wrong of [
    'tokens.css+tokens.css',
    'tokens.css+page.js',
    'tokens.css+nothing.css',
    'tokens.css+',
  ])
    expect([wrong, (await get(`${folder}/${wrong}`)).status]).toEqual([wrong, 404])
})

test('the checkout page, as it comes over the wire, is at most 40 KB of our own', async () => {
  let bytes = Buffer.byteLength(page)
  for (const path of assets) bytes += (await get(path, { 'accept-encoding': 'br' })).body.length
  expect(bytes).toBeLessThan(40 * 1024)
})
