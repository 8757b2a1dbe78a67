import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { type PaidOrder, paidOrder } from '../harness/paid-order.ts'
import { refundsAtStripe } from '../harness/refunds.ts'
import { control, fault } from '../harness/sandbox-control.ts'
import { openCheckout, openShop, type Shop } from '../harness/shop.ts'
import { type Browser, otherOwner, signedIn } from '../owners/browser.ts'
import { read } from './reading.ts'

let house: House
let shop: Shop
let owner: Browser

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
})
afterAll(() => house.close())

const pageOf = ({ order_id }: { order_id: string }) => `/portal/${shop.id}/orders/${order_id}`
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
