import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { askRefund } from '../harness/refunds.ts'
import { internal, openCheckout, openShop, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  shop = await openShop(house)
})

const list = async (query: string) =>
  (await internal(house, 'GET', `/stores/${shop.id}/orders?${query}`)).body as {
    data: { id: string; status: string }[]
    next_cursor: string
  }

/** As if the changes so far had happened a while ago. */
const letTimePass = () =>
  house.deps.db.engine.query(
    "update orders set updated_at = updated_at - interval '1 minute' where updated_at > now() - interval '1 minute'",
  )

test('who follows the cursor sees every change once, in its order, and misses nothing', async () => {
  const checkouts = []
  for (let index = 0; index < 5; index += 1) checkouts.push((await openCheckout(house, shop)).order_id)
  await letTimePass()
  const seen: string[] = []
  let { data, next_cursor } = await list('updated_since=2020-01-01T00:00:00Z&limit=2')
  while (data.length > 0) {
    seen.push(...data.map(({ id }) => id))
    ;({ data, next_cursor } = await list(`cursor=${next_cursor}&limit=2`))
  }
  expect(seen).toEqual(checkouts)

  await internal(house, 'POST', `/stores/${shop.id}/orders/${checkouts[1]}/cancel`)
  const { order_id } = await paidOrder(house, shop)
  await letTimePass()
  const after = await list(`cursor=${next_cursor}`)
  expect(after.data.map(({ id, status }) => [id, status])).toEqual([
    [checkouts[1], 'cancelled'],
    [order_id, 'paid'],
  ])
  const nothing = await list(`cursor=${after.next_cursor}`)
  expect(nothing).toEqual({ data: [], next_cursor: after.next_cursor })

  await askRefund(house, shop, order_id, { amount: 1 })
  expect((await list(`cursor=${nothing.next_cursor}`)).data).toEqual([])
  await letTimePass()
  expect((await list(`cursor=${nothing.next_cursor}`)).data).toMatchObject([
    { id: order_id, status: 'partially_refunded' },
  ])
})

test.each(['c', 'cx_1', 'c1', `c${'9'.repeat(17)}_00000000-0000-0000-0000-000000000000`, "c1_'; drop"])(
  'a cursor that is none of ours is refused: %s',
  async cursor => {
    const { status } = await internal(
      house,
      'GET',
      `/stores/${shop.id}/orders?cursor=${encodeURIComponent(cursor)}`,
    )
    expect(status).toBe(422)
  },
)
