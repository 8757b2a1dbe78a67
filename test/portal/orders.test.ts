import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/lib/ids.ts'
import { everyOrder } from '../../src/orders/search.ts'
import { csvOf } from '../../src/portal/orders-csv.ts'
import { type House, openHouse } from '../harness/house.ts'
import { oldOrder as anOldOrder } from '../harness/old-order.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { control } from '../harness/sandbox-control.ts'
import { newStore, openCheckout, openShop, orderOf, type Shop, until } from '../harness/shop.ts'
import { type Browser, openBrowser, otherOwner, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let list: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
  list = `/portal/${shop.id}/orders`
})
afterAll(() => house.close())

const oldOrder = (more: Record<string, unknown> = {}, of = shop.id) => anOldOrder(house, of, more)

const codesIn = (html: string) =>
  [...html.matchAll(/row-link-code" href="[^"]*">([^<]+)</g)].map(([, code]) => code)
const found = async (query: Record<string, string>) =>
  codesIn((await owner.get(`${list}?${new URLSearchParams(query)}`)).text)

describe('an order is found', () => {
  test('by its code however it is typed, its id, its reference, its payment, and the beginning of an address', async () => {
    const { order_id, intent, confirmation_code } = await paidOrder(house, shop, {
      customer_email: 'Find.Me@example.com',
      reference: 'shelf 100%_7',
    })
    await oldOrder({ customer_email: 'findxme@example.com', reference: 'shelf 1000_7' })
    for (const q of [
      confirmation_code,
      confirmation_code.toLowerCase().replace('-', ''),
      ` ${order_id.toUpperCase()} `,
      'shelf 100%_7',
      intent,
      'find.me@EXAMPLE',
      'find.',
    ]) {
      expect([q, await found({ q })]).toEqual([q, [confirmation_code]])
    }
    for (const q of ['%', '_', 'find%', "' or 1=1 --", 'example.com', '\0', 'x'.repeat(5_000)]) {
      expect((await owner.get(`${list}?${new URLSearchParams({ q })}`)).status).toBe(200)
    }
    expect(await found({ q: 'find%' })).toEqual([])
  })

  test('by state, mode, day and dispute, and all of them together', async () => {
    const day = { created_at: new Date('2026-03-04T23:59:59Z'), id: '019cbb41-0000-7000-8000-000000000001' }
    const { confirmation_code: code } = await oldOrder({
      ...day,
      mode: 'live',
      status: 'failed',
      disputed: true,
    })
    const all = { status: 'failed', mode: 'live', from: '2026-03-04', to: '2026-03-04', disputed: '1' }
    expect(await found(all)).toEqual([code])
    for (const [name, other] of [
      ['status', 'refunded'],
      ['mode', 'test'],
      ['from', '2026-03-05'],
      ['to', '2026-03-03'],
    ] as const) {
      expect([name, await found({ ...all, [name]: other })]).toEqual([name, []])
    }
    expect(await found({ disputed: '1' })).toEqual([code])
    expect((await found({ from: 'yesterday', status: 'nonsense', cursor: 'x' })).length).toBeGreaterThan(1)
  })

  test("and never another store's", async () => {
    const { id } = await newStore(house, { owner_email: 'other@example.com' })
    const { confirmation_code, id: order } = await oldOrder({ customer_email: 'theirs@example.com' }, id)
    for (const q of [confirmation_code, order, 'theirs@']) expect(await found({ q })).toEqual([])
  })
})

test('pages go on to the end, none twice, and keep what was searched for', async () => {
  const wanted = new Set<string>()
  for (let count = 0; count < 60; count += 1) {
    wanted.add((await oldOrder({ customer_email: 'pages@example.com' })).confirmation_code)
  }
  const seen: (string | undefined)[] = []
  let next: string | undefined = `${list}?q=pages%40`
  while (next) {
    const { text } = await owner.get(next)
    seen.push(...codesIn(text))
    next = /href="([^"]*cursor=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  }
  expect(seen).toHaveLength(60)
  expect(new Set(seen)).toEqual(wanted)
})

test('the list is kept up to date without a reload: 304 until something happens', async () => {
  const first = await owner.get(`${list}/live`)
  const etag = first.headers.get('etag')!
  const again = () =>
    fetch(`${house.url}${list}/live`, {
      headers: {
        'if-none-match': etag,
        cookie: [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    })
  expect((await again()).status).toBe(304)
  const { confirmation_code } = await openCheckout(house, shop)
  const news = await again()
  expect([news.status, codesIn(await news.text())[0]]).toEqual([200, confirmation_code])
  expect((await openBrowser(house).get(`${list}/live`)).status).toBe(303)
})

describe('the file of orders', () => {
  test('has a row for each that fits, exact amounts, and nothing that a spreadsheet would run', async () => {
    const { confirmation_code, order_id, intent } = await paidOrder(house, shop, { reference: 'csv-1' })
    await control(house, 'POST', `payments/${intent}/refund`, { amount: 890 })
    await until(
      () => orderOf(house, shop, order_id),
      ({ amount_refunded }) => amount_refunded === 890,
    )
    const file = await owner.get(`${list}/export.csv?q=csv-1`)
    expect(file.headers.get('content-disposition')).toMatch(
      /^attachment; filename="orders-\d{4}-\d\d-\d\d\.csv"$/,
    )
    const [head, row, ...rest] = file.text.split('\r\n')
    expect(head).toMatch(/^confirmation_code,order_id,mode,/)
    expect(row).toContain(`${confirmation_code},${order_id},test,partially_refunded,no,`)
    expect(row).toContain(`,eur,48.90,8.90,40.00,,csv-1,${intent},"2 × The mug; 1 × The beans"`)
    expect(rest).toEqual([''])
  })

  test.each([
    '=1+1',
    '+1',
    '-1+2',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '＝1',
    '=HYPERLINK("https://evil.example")',
  ])('marks %j as text', async reference => {
    const order = await oldOrder({ reference: `${reference}`, customer_email: `${newId()}@csv.example` })
    const { text } = await owner.get(`${list}/export.csv?q=${order.customer_email}`)
    expect(text).toContain(`"'${reference.replaceAll('"', '""')}"`)
  })

  test('is the owner’s alone', async () => {
    expect((await openBrowser(house).get(`${list}/export.csv`)).location).toContain('/portal/sign-in')
    const other = await otherOwner(house)
    expect((await other.get(`${list}/export.csv`)).status).toBe(404)
  })

  test('of 20,000 orders is whole, and read as it is sent, not before', async () => {
    const { id } = await newStore(house)
    await house.deps.db.engine.query(
      `insert into orders (store_id, id, mode, confirmation_code, amount, currency, lines, totals, metadata)
       select $1, ('019cbb41-' || lpad(to_hex(n / 65536), 4, '0') || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
              'test', 'N' || n, 100, 'eur', '[{"name": "A thing with a long name, as things have", "quantity": 1}]',
              '{}', '{}'
       from generate_series(1, 20000) n`,
      [id],
    )
    const { text } = await owner.get(`/portal/${id}/orders/export.csv`)
    const rows = text.trimEnd().split('\r\n').slice(1)
    expect(rows).toHaveLength(20_000)
    expect(new Set(rows.map(row => row.split(',')[0])).size).toBe(20_000)

    const file = csvOf(everyOrder(house.deps.db, { id }, {}))
    await file.next()
    expect((await file.next()).value?.split('\r\n')).toHaveLength(501)
    const late = await oldOrder({ id: '019cbb40-0000-7000-8000-000000000000' }, id)
    let last = ''
    for await (const piece of file) last = piece
    expect(last).toContain(late.confirmation_code)
  })
})
