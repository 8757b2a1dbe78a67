import { afterAll, beforeAll, expect, test } from 'vitest'
import { syncCommand } from '../../src/cli/sync.ts'
import { isSame, verifyMirror } from '../../src/mirror/verify.ts'
import { callStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { loseWebhooks } from '../harness/sandbox-control.ts'
import { newKeys, openShop, type Shop } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, newKeys('NoDisputes', 'test', 'rk'))
  await loseWebhooks(house, shop)
  for (const name of ['One', 'Two']) {
    await callStripe(house, shop, 'POST', 'customers', { name })
  }
})
afterAll(() => house.close())

/** `owntill sync` with these options, on the house's own database. */
async function sync(options: Record<string, string | boolean>): Promise<string[]> {
  const lines: string[] = []
  const terminal = {
    env: {},
    input: (async function* () {})(),
    interactive: false,
    print: (line: string) => lines.push(line),
    complain: (line: string) => lines.push(line),
  }
  const { config, db } = house.deps
  await syncCommand.run({ config, db, terminal, args: [], options: { store: shop.id, ...options } })
  return lines
}

test('fetches everything, says how many of each, and what the key may not read', async () => {
  const lines = await sync({})
  // No share of a whole is made up as long as nobody knows how many there will be.
  const fetched = lines.filter(line => line.startsWith('fetched'))
  expect([fetched[0], fetched.at(-1)]).toEqual(['fetched 2', 'fetched 3/3'])
  expect(lines).toContain('customer: 2')
  expect(lines).toContain('dispute: not fetched, the key may not read them')
})

test('compares with Stripe when asked to, and says where the mirror differs', async () => {
  expect(await sync({ types: 'customer', verify: true })).toContain(
    'customer: 2 at Stripe, 2 in the mirror: the same',
  )

  await house.deps.db
    .updateTable('stripe_objects')
    .set({ object: JSON.stringify({ id: 'x', object: 'customer', name: 'Somebody else' }) })
    .where('store_id', '=', shop.id)
    .where('type', '=', 'customer')
    .execute()
  await house.deps.db
    .insertInto('stripe_objects')
    .values({
      store_id: shop.id,
      mode: 'test',
      type: 'customer',
      id: 'cus_ghost',
      object: '{}',
      seen_at: new Date(),
      seen_until: null,
    })
    .execute()
  const [found] = await verifyMirror(house.deps, { store_id: shop.id, mode: 'test' }, ['customer'])
  expect(found).toMatchObject({ at_stripe: 2, in_mirror: 3, missing: 0, different: 2, extra: 1 })
  expect(isSame(found!)).toBe(false)
})

test.each([
  [{ types: 'novelty' }, /lists no "novelty"/],
  [{ since: 'yesterday' }, /--since/],
  [{ mode: 'both' }, /--mode/],
  [{ store: 'nobody' }, /--store/],
])('%o is explained', async (options, words) => {
  await expect(sync(options)).rejects.toThrow(words)
})
