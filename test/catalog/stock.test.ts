import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endOrder } from '../../src/orders/end.ts'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import { put } from '../harness/pricing.ts'
import { confirm, internal, openShop, orderOf, pay, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop
beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const BACK = { success_url: 'https://shop.example/thanks', cancel_url: 'https://shop.example/cart' }
const open = (line_items: object[]) =>
  internal(house, 'POST', `/stores/${shop.id}/checkout-sessions`, { line_items, ...BACK })

const product = (id: string, more: object = {}) =>
  put(house, shop.id, `products/${id}`, { name: id, price: 1000, currency: 'eur', ...more })

const stockOf = async (id: string) => {
  const { body } = await internal(house, 'GET', `/stores/${shop.id}/products/${id}`)
  return [body.stock, body.available]
}

const end = (orderId: string, status: 'expired' | 'cancelled') =>
  endOrder(house.deps.db, { store_id: shop.id, order_id: orderId }, status, 'sweeper')

describe('what is counted', () => {
  test('is held while a checkout is open, and given back when it ends', async () => {
    await product('lamp', { stock: 3 })
    const { body } = await open([{ product_id: 'lamp', quantity: 2 }])
    expect(await stockOf('lamp')).toEqual([3, 1])
    const refused = await open([{ product_id: 'lamp', quantity: 2 }])
    expect([refused.status, refused.body.title, refused.body.errors]).toEqual([
      409,
      'There is not enough in stock',
      [{ pointer: '/lines/0/quantity', detail: 'can be at most 1' }],
    ])
    for (const status of ['expired', 'cancelled'] as const) await end(body.order_id, status)
    expect(await stockOf('lamp')).toEqual([3, 3])
  })

  test('is taken when it is paid', async () => {
    await product('vase', { stock: 3 })
    const { body } = await open([{ product_id: 'vase', quantity: 2 }])
    const paying = await pay(house, body.url.split('/').at(-1))
    await confirm(house, shop, paying.body.client_secret)
    await fetch(`${body.url}/return`, { redirect: 'manual' })
    await untilPaid(house, shop, body.order_id)
    expect(await stockOf('vase')).toEqual([1, 1])
  })

  test('and paid after it had ended, is taken as well, but never below nothing', async () => {
    await product('rug', { stock: 1 })
    const late = await open([{ product_id: 'rug', quantity: 1 }])
    await end(late.body.order_id, 'expired')
    const other = await open([{ product_id: 'rug', quantity: 1 }])
    expect(await stockOf('rug')).toEqual([1, 0])
    await house.deps.db
      .updateTable('orders')
      .set({ status: 'paid', paid_at: sql<Date>`now()` })
      .where('id', 'in', [late.body.order_id, other.body.order_id])
      .execute()
    expect(await stockOf('rug')).toEqual([0, 0])
  })

  test('is sold once, however many ask for it at once', async () => {
    await product('chair', { stock: 5 })
    await product('table', { stock: 100 })
    const lines = (turned: boolean) => {
      const both = [
        { product_id: 'chair', quantity: 1 },
        { product_id: 'table', quantity: 1 },
      ]
      return turned ? both.toReversed() : both
    }
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => open(lines(index % 2 === 0))))
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(5).fill(201),
      ...Array<number>(15).fill(409),
    ])
    expect([await stockOf('chair'), await stockOf('table')]).toEqual([
      [5, 0],
      [100, 95],
    ])
  })

  test('stays as it is for those who do not mention it, and is no longer counted when it is null', async () => {
    await product('bowl', { stock: 2 })
    await product('bowl', { price: 1200 })
    expect(await stockOf('bowl')).toEqual([2, 2])
    await product('bowl', { stock: null })
    expect(await stockOf('bowl')).toEqual([null, null])
    expect((await open([{ product_id: 'bowl', quantity: 50 }])).status).toBe(201)
  })

  test('cannot be less than nothing, or a part', async () => {
    for (const stock of [-1, 1.5, '3', 1e12]) {
      const body = { name: 'x', price: 1000, currency: 'eur', stock }
      expect((await internal(house, 'PUT', `/stores/${shop.id}/products/x`, body)).status).toBe(422)
    }
  })
})

describe('variants', () => {
  const variants = [
    { id: 's', name: 'Small', options: { size: 'S', colour: 'red' } },
    { id: 'l', name: 'Large', price: '12.00', stock: 1 },
    { id: 'xl', name: 'Extra large', active: false },
  ]

  test('have a price, a picture and a stock of their own, or the product’s', async () => {
    const saved = await product('shirt', { variants })
    expect(saved.variants).toEqual([
      {
        ...variants[0],
        price: null,
        image_url: null,
        active: true,
        stock: null,
        available: null,
      },
      {
        id: 'l',
        name: 'Large',
        options: {},
        price: 1200,
        image_url: null,
        active: true,
        stock: 1,
        available: 1,
      },
      {
        id: 'xl',
        name: 'Extra large',
        options: {},
        price: null,
        image_url: null,
        active: false,
        stock: null,
        available: null,
      },
    ])
    const { status, body } = await open([
      { product_id: 'shirt', variant_id: 's', quantity: 2 },
      { product_id: 'shirt', variant_id: 'l', quantity: 1 },
    ])
    expect(status).toBe(201)
    const order = await orderOf(house, shop, body.order_id)
    expect(
      order.lines.map(({ name, variant_id, amount }: Record<string, unknown>) => [name, variant_id, amount]),
    ).toEqual([
      ['shirt (Small)', 's', 2000],
      ['shirt (Large)', 'l', 1200],
    ])
    const sold = await open([{ product_id: 'shirt', variant_id: 'l', quantity: 1 }])
    expect([sold.status, sold.body.errors[0].detail]).toEqual([409, 'is sold out'])
  })

  test('leave no trail when nothing changed, and stay when they are not mentioned', async () => {
    await product('cap', { variants })
    const trail = () =>
      house.deps.db
        .selectFrom('audit')
        .select('detail')
        .where('store_id', '=', shop.id)
        .where('action', '=', 'product.changed')
        .execute()
    const before = await trail()
    await product('cap', {
      variants: [{ ...variants[0], options: { colour: 'red', size: 'S' } }, ...variants.slice(1)],
    })
    await product('cap')
    expect(await trail()).toEqual(before)
    const changed = await product('cap', { variants: variants.slice(0, 1) })
    expect(changed.variants).toHaveLength(1)
    expect((await trail()).at(-1)).toMatchObject({ detail: { fields: ['variants'] } })
  })

  test.each([
    [{ product_id: 'mug', variant_id: 's', quantity: 1 }, '/lines/0/variant_id'],
    [{ product_id: 'yacht', variant_id: 's', quantity: 1 }, '/lines/0/product_id'],
    [{ product_id: 'tee', quantity: 1 }, '/lines/0/variant_id'],
    [{ product_id: 'tee', variant_id: 'nope', quantity: 1 }, '/lines/0/variant_id'],
    [{ product_id: 'tee', variant_id: 'xl', quantity: 1 }, '/lines/0/variant_id'],
  ])('%j is not sold', async (line, pointer) => {
    await product('tee', { variants })
    const { status, body } = await open([line])
    expect([status, body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([422, [pointer]])
  })

  test('of another store are not sold here', async () => {
    const other = await openShop(house)
    await put(house, other.id, 'products/theirs', { name: 'T', price: 1000, currency: 'eur', variants })
    const { status } = await open([{ product_id: 'theirs', variant_id: 's', quantity: 1 }])
    expect(status).toBe(422)
  })

  test('are two lines of a cart, and one twice is refused', async () => {
    await product('sock', { variants })
    const cart = (lines: object[]) =>
      fetch(`${house.url}/api/carts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ store_id: shop.id, lines }),
      })
    const small = { product_id: 'sock', variant_id: 's', quantity: 1 }
    const both = await cart([small, { ...small, variant_id: 'l' }])
    expect([both.status, ((await both.json()) as { amount: number }).amount]).toEqual([201, 2200])
    expect((await cart([small, small])).status).toBe(422)
  })
})
