import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endOrder } from '../../src/orders/end.ts'
import { type House, openHouse } from '../harness/house.ts'
import { put, reprice } from '../harness/pricing.ts'
import { internal, openCheckout, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop
beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const discount = (code: string, terms: object) => put(house, shop.id, `discounts/${code}`, terms)
const redeemed = async (code: string) =>
  (await internal(house, 'GET', `/stores/${shop.id}/discounts/${code}`)).body.redeemed
const apply = (token: string, code: string, email?: string) =>
  reprice(house, token, 'discount', { code, ...(email && { email }) })

const PAST = '2020-01-01T00:00:00Z'
const FUTURE = '2120-01-01T00:00:00Z'

test('a code takes off what it says, however it is written, and the order keeps it', async () => {
  await discount('SPRING', { percentage: '15' })
  const { token, order_id } = await openCheckout(house, shop)
  const { status, body } = await apply(token, ' spring ')
  expect([status, body.amount, body.discount_code]).toEqual([200, 4156, 'SPRING'])
  expect(body.shown).toEqual({
    subtotal: '€48.90',
    discount: '-€7.34',
    shipping: null,
    tax: null,
    tax_included: null,
    total: '€41.56',
  })
  await discount('SPRING', { percentage: '90' })
  const order = await orderOf(house, shop, order_id)
  expect(order).toMatchObject({
    amount: 4156,
    discount: { code: 'SPRING' },
    totals: { subtotal: 4890, discount: 734, total: 4156 },
  })
  const off = await reprice(house, token, 'discount')
  expect([off.status, off.body.amount, off.body.discount_code, await redeemed('SPRING')]).toEqual([
    200,
    4890,
    null,
    0,
  ])
})

describe('a code is refused', () => {
  test.each([
    ['unknown', undefined, 422, 'This code is not valid'],
    ['inactive', { amount: 100, active: false }, 422, 'This code is not valid'],
    ['not yet valid', { amount: 100, starts_at: FUTURE }, 422, 'This code is not valid'],
    ['expired', { amount: 100, ends_at: PAST }, 422, 'This code has expired'],
    ['for a larger order', { amount: 100, minimum: 4891 }, 422, 'This code needs a larger order'],
    ['used up', { amount: 100, max_redemptions: 0 }, 409, 'This code has been used up'],
    ['for all but a few cents', { amount: 4850 }, 422, 'The total cannot be charged'],
  ])('that is %s', async (name, terms, status, title) => {
    const code = name.replaceAll(' ', '-').toUpperCase()
    if (terms) await discount(code, terms)
    const { token, order_id } = await openCheckout(house, shop)
    const refused = await apply(token, code)
    expect([refused.status, refused.body.title]).toEqual([status, title])
    expect(await orderOf(house, shop, order_id)).toMatchObject({ amount: 4890, discount: null })
    if (terms) expect(await redeemed(code)).toBe(0)
  })

  test('that is another store’s', async () => {
    const other = await openShop(house)
    await put(house, other.id, 'discounts/THEIRS', { amount: 100 })
    const { token } = await openCheckout(house, shop)
    expect((await apply(token, 'THEIRS')).body.title).toBe('This code is not valid')
  })

  test('that was in another currency', async () => {
    await discount('DOLLARS', { amount: 100 })
    await house.deps.db
      .updateTable('discounts')
      .set({ currency: 'usd' })
      .where('id', '=', 'DOLLARS')
      .execute()
    const { token } = await openCheckout(house, shop)
    expect((await apply(token, 'DOLLARS')).status).toBe(422)
  })

  test('with a body that carries more than a code', async () => {
    const { token } = await openCheckout(house, shop)
    const sent = await reprice(house, token, 'discount', { code: 'SPRING', amount: 1 })
    expect(sent.status).toBe(422)
    const another = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
    expect((await reprice(house, another, 'discount', { code: 'SPRING' })).status).toBe(404)
  })
})

describe('a code that may be used five times', () => {
  test('is given to five of twenty orders that ask at once', async () => {
    await discount('FIVE', { amount: 100, max_redemptions: 5 })
    const sessions = await Promise.all(Array.from({ length: 20 }, () => openCheckout(house, shop)))
    const answers = await Promise.all(sessions.map(({ token }) => apply(token, 'FIVE')))
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(5).fill(200),
      ...Array<number>(15).fill(409),
    ])
    expect(await redeemed('FIVE')).toBe(5)
    const orders = await Promise.all(sessions.map(({ order_id }) => orderOf(house, shop, order_id)))
    expect(orders.filter(({ amount }) => amount === 4790)).toHaveLength(5)
  })

  test('is free again when its order ends, or takes another code, and is not used twice by one', async () => {
    await discount('TWO', { amount: 100, max_redemptions: 2 })
    await discount('OTHER', { amount: 200 })
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => openCheckout(house, shop)))
    for (const token of [first!.token, first!.token, second!.token]) {
      expect((await apply(token, 'TWO')).status).toBe(200)
    }
    expect([await redeemed('TWO'), (await apply(third!.token, 'TWO')).status]).toEqual([2, 409])
    expect((await apply(first!.token, 'OTHER')).status).toBe(200)
    expect([await redeemed('TWO'), await redeemed('OTHER')]).toEqual([1, 1])
    const place = { store_id: shop.id, order_id: second!.order_id }
    await endOrder(house.deps.db, place, 'cancelled', 'partner')
    expect(await redeemed('TWO')).toBe(0)
    expect((await apply(third!.token, 'TWO')).status).toBe(200)
    expect((await apply(second!.token, 'TWO')).status).toBe(409)
  })
})

describe('a code that is once for each customer', () => {
  beforeAll(() => discount('ONCE', { amount: 100, once_per_customer: true }))

  test('is refused to the same e-mail address, whenever that is said', async () => {
    const first = await openCheckout(house, shop)
    expect((await apply(first.token, 'ONCE', 'Ann@example.com')).status).toBe(200)
    const second = await openCheckout(house, shop, { customer_email: 'ann@EXAMPLE.com' })
    const known = await apply(second.token, 'ONCE')
    expect([known.status, known.body.title]).toEqual([
      409,
      'This code was already used with this e-mail address',
    ])
    const third = await openCheckout(house, shop)
    expect((await apply(third.token, 'ONCE')).status).toBe(200)
    const unnamed = await pay(house, third.token)
    expect([unnamed.status, unnamed.body.errors[0].pointer]).toEqual([422, '/email'])
    const caught = await pay(house, third.token, { email: 'ANN@example.com' })
    expect([caught.status, caught.body.title]).toEqual([
      409,
      'This code was already used with this e-mail address',
    ])
    expect((await pay(house, third.token, { email: 'bob@example.com' })).status).toBe(200)
  })

  test('is given to one of many orders that ask at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => openCheckout(house, shop)))
    const answers = await Promise.all(sessions.map(({ token }) => apply(token, 'ONCE', 'eve@example.com')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})
