import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { type PaidOrder, paidOrder, untilPaid } from '../harness/paid-order.ts'
import { reprice } from '../harness/pricing.ts'
import { listen, openReceiver, type Receiver, tellNow } from '../harness/receiver.ts'
import { refundsAtStripe } from '../harness/refunds.ts'
import { control, fault } from '../harness/sandbox-control.ts'
import { confirm, openCheckout, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import { type Browser, lettersTo, otherOwner, signedIn } from '../owners/browser.ts'
import { read } from './reading.ts'

let house: House
let shop: Shop
let owner: Browser
let receiver: Receiver

beforeAll(async () => {
  house = await openHouse()
  receiver = await openReceiver()
  shop = await openShop(house)
  await listen(house, shop, receiver.url)
  owner = await signedIn(house)
})
afterAll(async () => {
  await house.close()
  await receiver.close()
})

const pageOf = ({ order_id }: { order_id: string }) => `/portal/${shop.id}/orders/${order_id}`
const tell = async () => {
  await tellNow(house)
  await house.deps.mail.deliver()
}
const tokenIn = (html: string) => /name="token" value="([^"]+)"/.exec(html)?.[1]

describe('a refund in the portal', () => {
  const tokenOf = async (order: PaidOrder) => tokenIn((await owner.get(`${pageOf(order)}/refund`)).text)!
  const asked = async (order: PaidOrder, fields: Record<string, string>) =>
    owner.post(`${pageOf(order)}/refund`, { token: await tokenOf(order), reason: '', ...fields })

  test('asks how much and why, asks again, and then does it', async () => {
    const order = await paidOrder(house, shop)
    expect((await owner.get(pageOf(order))).text).toContain(`${pageOf(order)}/refund`)
    const form = await owner.get(`${pageOf(order)}/refund`)
    expect(form.text).toContain('value="48.90"')
    const fields = { token: tokenIn(form.text)!, amount: '10,50', reason: 'duplicate' }
    const sure = await owner.post(`${pageOf(order)}/refund`, fields)
    expect([sure.status, read(sure.text).includes('Refund €10.50?')]).toEqual([200, true])
    expect(await refundsAtStripe(house, shop, order.intent)).toEqual([])
    const done = await owner.post(`${pageOf(order)}/refund`, { ...fields, amount: '10.50', confirmed: 'yes' })
    expect(done.location).toBe(`${pageOf(order)}?done=refund_succeeded`)
    expect(await refundsAtStripe(house, shop, order.intent)).toMatchObject([
      { amount: 1050, reason: 'duplicate' },
    ])
    const said = read((await owner.get(done.location!)).text)
    for (const part of [
      'Refunded. The shopper is told',
      'Asked for a refund of €10.50',
      'by owner@example.com',
    ]) {
      expect(said).toContain(part)
    }
    expect(read((await owner.get(`${pageOf(order)}/refund`)).text)).toContain(
      '€38.40 of €48.90 can be given back',
    )
  })

  test('pressed twice, or ten times at once, is one refund', async () => {
    const order = await paidOrder(house, shop)
    const token = await tokenOf(order)
    const press = () =>
      owner.post(`${pageOf(order)}/refund`, { token, amount: '4.00', reason: '', confirmed: 'yes' })
    const pressed = await Promise.all(Array.from({ length: 10 }, press))
    for (const { status, location } of [...pressed, await press()]) {
      expect([status, location]).toEqual([303, expect.stringMatching(/done=refund_(succeeded|pending)$/)])
    }
    expect(await refundsAtStripe(house, shop, order.intent)).toMatchObject([{ amount: 400 }])
  })

  test.each([
    ['0', 'Give back more than nothing'],
    ['-1', 'as a number'],
    ['1e3', 'as a number'],
    ['48.91', '€48.90 is left to refund'],
    ['1.005', 'not an amount of EUR'],
    ['all', 'as a number'],
    ['', 'as a number'],
  ])('of %j is refused at the field, with and without being sure', async (amount, said) => {
    const order = await paidOnce()
    for (const confirmed of ['', 'yes']) {
      const page = await asked(order, { amount, confirmed })
      expect(page.status).toBe(422)
      expect(page.text).toMatch(/id="amount"[^>]*aria-invalid="true"/)
      if (!(amount === '48.91' && confirmed)) expect(page.text).toContain(said)
    }
    expect(await refundsAtStripe(house, shop, order.intent)).toEqual([])
  })
  let once: Promise<PaidOrder> | undefined
  function paidOnce(): Promise<PaidOrder> {
    once ??= paidOrder(house, shop)
    return once
  }

  test('that Stripe refuses is told in words, and can be asked for anew', async () => {
    const order = await paidOrder(house, shop)
    await control(house, 'POST', `payments/${order.intent}/dispute`, {})
    const token = await tokenOf(order)
    const page = await asked(order, { token, amount: '1.00', confirmed: 'yes' })
    expect([page.status, page.text.includes('The shopper disputed the payment.')]).toEqual([422, true])
    expect([undefined, token]).not.toContain(tokenIn(page.text))
  })

  test('to which Stripe does not answer is under way, and not asked for twice', async () => {
    const order = await paidOrder(house, shop)
    await fault(house, shop, 'POST /v1/refunds', 'reset', { times: 2 })
    expect((await asked(order, { amount: '48.90', confirmed: 'yes' })).location).toContain(
      'done=refund_pending',
    )
    expect(read((await owner.get(`${pageOf(order)}/refund`)).text)).toContain('Nothing is left to refund')
  })

  test('of an order nobody paid, by a stranger, or by a form of another site, is not', async () => {
    const unpaid = await openCheckout(house, shop)
    expect((await owner.get(`${pageOf(unpaid)}/refund`)).status).toBe(404)
    expect((await owner.get(pageOf(unpaid))).text).not.toContain('/refund"')
    const order = await paidOrder(house, shop)
    const fields = { amount: '1.00', reason: '', confirmed: 'yes' }
    const stranger = await otherOwner(house)
    expect((await stranger.post(`${pageOf(order)}/refund`, fields)).status).toBe(404)
    expect((await owner.post(`${pageOf(order)}/refund`, fields, 'https://evil.example')).status).toBe(403)
    for (const page of ['', '/live', '/refund'])
      expect((await stranger.get(pageOf(order) + page)).status).toBe(404)
    expect((await stranger.post(`${pageOf(order)}/receipt`)).status).toBe(404)
    expect((await owner.post(`${pageOf(order)}/receipt`, {}, 'https://evil.example')).status).toBe(403)
    expect(await refundsAtStripe(house, shop, order.intent)).toEqual([])
  })
})

describe('the receipt', () => {
  test('is sent again when the owner asks, three times an hour at most, and it is written down who asked', async () => {
    const to = 'again@example.com'
    const order = await paidOrder(house, shop, { customer_email: to })
    await tell()
    const asked = await Promise.all([1, 2, 3, 4].map(() => owner.post(`${pageOf(order)}/receipt`)))
    expect(asked.map(({ location }) => location?.split('=')[1]).sort()).toEqual([
      'receipt',
      'receipt',
      'receipt_enough',
      'receipt_enough',
    ])
    await until(
      async () => lettersTo(house, to),
      ({ length }) => length === 3,
    )
    expect(new Set(lettersTo(house, to).map(({ subject }) => subject)).size).toBe(1)
    expect(read((await owner.get(`/portal/${shop.id}/activity`)).text)).toContain('Sent a receipt once more')
    await house.deps.db.updateTable('mails').set({ created_at: sql`now() - interval '61 minutes'` }).execute()
    expect((await owner.post(`${pageOf(order)}/receipt`)).location).toContain('done=receipt')
  })

  test('of an order without an address, or that nobody paid, is not', async () => {
    const nobody = await paidOrder(house, shop)
    const unpaid = await openCheckout(house, shop, { customer_email: 'unpaid@example.com' })
    for (const order of [nobody, unpaid]) {
      expect((await owner.post(`${pageOf(order)}/receipt`)).location).toContain('done=receipt_none')
    }
  })
})

test('the page of an order is kept up to date: 304 until something happens', async () => {
  const order = await paidOrder(house, shop)
  const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const look = (etag: string) =>
    fetch(`${house.url}${pageOf(order)}/live`, { headers: { cookie, 'if-none-match': etag } })
  await tell()
  const etag = (await look('')).headers.get('etag')!
  expect((await look(etag)).status).toBe(304)
  await control(house, 'POST', `payments/${order.intent}/refund`, {})
  await until(
    () => orderOf(house, shop, order.order_id),
    ({ status }) => status === 'refunded',
  )
  const news = await look(etag)
  expect([news.status, (await news.text()).includes('Refunded')]).toEqual([200, true])
})

test('where it goes is on its page, and a warning when that is not the place it was priced for', async () => {
  const { token, order_id } = await openCheckout(house, shop, { shipping_countries: ['DE', 'FR'] })
  await reprice(house, token, 'shipping', { country: 'DE', postal_code: '10115' })
  const { body } = await pay(house, token)
  const elsewhere = {
    'shipping[name]': 'Ada',
    'shipping[address][line1]': 'Rue de Rivoli 1',
    'shipping[address][city]': 'Paris',
    'shipping[address][postal_code]': '75001',
    'shipping[address][country]': 'FR',
  }
  await confirm(house, shop, body.client_secret, 'pm_card_visa', elsewhere)
  await untilPaid(house, shop, order_id)
  const page = read((await owner.get(pageOf({ order_id }))).text)
  expect(page).toContain('Ship to Ada Rue de Rivoli 1 75001 Paris FR')
  expect(page).toContain('worked out for 10115 DE , and the shopper gave Stripe another address')
})
