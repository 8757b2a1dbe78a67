import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { oldOrder } from '../harness/old-order.ts'
import { newStore } from '../harness/shop.ts'
import { type Browser, signedIn } from '../owners/browser.ts'

let house: House
let owner: Browser

beforeAll(async () => {
  house = await openHouse()
  await newStore(house)
  owner = await signedIn(house)
})
afterAll(() => house.close())

const DAY = 86_400_000
const today = new Date().toISOString().slice(0, 10)
const at = (daysAgo: number, time = '12:00:00') => new Date(Date.parse(`${today}T${time}Z`) - daysAgo * DAY)

/** An order that was opened and paid on one day, with an id of that day. */
function paid(store: string, when: Date, more: object = {}) {
  const id = `${when
    .getTime()
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-${String(Math.random()).slice(2, 14).padEnd(12, '0')}`
  return oldOrder(house, store, { id, created_at: when, paid_at: when, ...more })
}

/** The rows of the table of figures in which something happened: what each cell says. */
async function figures(store: string, query = '') {
  const { text } = await owner.get(`/portal/${store}${query}`)
  const table = text.slice(text.indexOf('How business went in'))
  const rows = [...table.matchAll(/<tr>(<td>.*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell!),
  )
  return { text, rows: rows.filter(row => row[4] !== '0' || row[5] !== '0'), all: rows.length }
}

test('gross, refunded, net, paid orders, checkouts and conversion, day by day, to the midnight', async () => {
  const { id } = await newStore(house)
  await paid(id, at(0, '00:00:00'), { amount: 1000 })
  await paid(id, at(1, '23:59:59'), { amount: 2000, amount_refunded: 500, status: 'partially_refunded' })
  await paid(id, at(1, '00:00:00'), { amount: 4000, amount_refunded: 4000, status: 'refunded' })
  await paid(id, at(1), { amount: 9900, paid_at: null, status: 'expired' })
  await paid(id, at(29), { amount: 700 })
  await paid(id, at(30), { amount: 800 })
  const { rows, all, text } = await figures(id)
  expect(all).toBe(30)
  expect(rows.map(row => row.slice(1))).toEqual([
    ['€7.00', '€0.00', '€7.00', '1', '1', '100 %'],
    ['€60.00', '€45.00', '€15.00', '2', '3', '67 %'],
    ['€10.00', '€0.00', '€10.00', '1', '1', '100 %'],
  ])
  expect(text).toMatch(/Net<\/dt><dd class="figure"><bdi class="amount">€32\.00/)
})

test('weeks begin on Monday and months on the first, as many of them as are shown', async () => {
  const { id } = await newStore(house)
  const now = new Date()
  const monday = at((now.getUTCDay() + 6) % 7, '00:00:00')
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1))
  await paid(id, monday, { amount: 1000 })
  await paid(id, new Date(monday.getTime() - 1_000), { amount: 2000 })
  const weeks = await figures(id, '?by=week')
  expect([weeks.all, weeks.rows.map(row => row[1])]).toEqual([12, ['€20.00', '€10.00']])

  const other = (await newStore(house)).id
  await paid(other, first, { amount: 3000 })
  await paid(other, new Date(first.getTime() - 1_000), { amount: 4000 })
  await paid(other, new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 1)), { amount: 5000 })
  await paid(other, new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 1) - 1_000), {
    amount: 6000,
  })
  const months = await figures(other, '?by=month')
  expect([months.all, months.rows.map(row => row[1])]).toEqual([12, ['€50.00', '€40.00', '€30.00']])
})

test('test and live, one currency and another, one store and another are never added up', async () => {
  const { id } = await newStore(house)
  const { id: other } = await newStore(house)
  await paid(id, at(0), { amount: 100 })
  await paid(id, at(0), { amount: 2300, mode: 'live' })
  await paid(id, at(0), { amount: 450, currency: 'jpy' })
  await paid(other, at(0), { amount: 77_700 })
  expect((await figures(id)).rows.map(row => row[1])).toEqual(['€1.00'])
  expect((await figures(id, '?mode=live')).rows.map(row => row[1])).toEqual(['€23.00'])
  expect((await figures(id, '?currency=jpy')).rows.map(row => row[1])).toEqual(['¥450'])
  expect((await figures(id, '?currency=usd&mode=x&by=y')).rows.map(row => row[1])).toEqual(['€1.00'])
  expect((await figures(id)).text).toContain('currency=jpy">JPY')
})

test('declines are counted by the reason that Stripe gives, in this mode and currency', async () => {
  const { id } = await newStore(house)
  const fail = async (detail: object | null, more: object = {}) => {
    const { id: order_id } = await paid(id, at(2), { paid_at: null, status: 'failed', ...more })
    await house.deps.db
      .insertInto('order_timeline')
      .values({
        store_id: id,
        order_id,
        status: 'failed',
        source: 'webhook',
        event_id: null,
        detail: detail && JSON.stringify(detail),
      })
      .execute()
  }
  const funds = { code: 'card_declined', decline_code: 'insufficient_funds' }
  await fail(funds)
  await fail(funds)
  await fail({ code: 'expired_card', decline_code: null })
  await fail(null)
  await fail({ code: 'live_thing', decline_code: null }, { mode: 'live' })
  const { text } = await figures(id)
  const declined = [
    ...text.matchAll(/<li><span><bdi>([^<]*)<\/bdi><\/span><span class="shares-times">(\d+)/g),
  ]
  expect(declined.map(([, reason, times]) => [reason, times])).toEqual([
    ['insufficient funds', '2'],
    ['expired card', '1'],
    ['no reason given', '1'],
  ])
  expect(text).toContain('4 attempts')
})

test('each plot names itself, and a store without orders has words instead', async () => {
  const { id } = await newStore(house)
  expect((await figures(id)).text).toContain('Nothing in this time')
  await paid(id, at(3), { amount: 1_234_500 })
  const { text } = await figures(id)
  for (const plot of ['income', 'orders', 'conversion']) {
    expect(text).toContain(`aria-labelledby="plot-${plot}-title plot-${plot}-text"`)
    expect(text).toMatch(new RegExp(`<desc id="plot-${plot}-text">[^<]+The table below`))
  }
  expect(text).toMatch(/<title>\d+ \w+: €12,345\.00<\/title>/)
  expect(text).toContain('>€20K</text>')
})
