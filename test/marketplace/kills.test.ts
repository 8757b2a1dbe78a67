import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shareOrder } from '../../src/marketplace/sharing.ts'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connectedVendor, linesOf } from '../harness/market.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { fault, noFaults } from '../harness/sandbox-control.ts'
import { openShop, orderOf, type Shop, until } from '../harness/shop.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse({ ENCRYPTION_KEYS })
  shop = await openShop(house)
  await connectedVendor(house, shop, 'boats')
  await connectedVendor(house, shop, 'crafts')
})
afterAll(() => house.close())

const ENCRYPTION_KEYS = `killed:${Buffer.alloc(32, 7).toString('base64')}`
const LINES = linesOf([
  ['boats', 10_000],
  ['crafts', 4_000],
])

/** A process of its own that pays the vendors; killed by SIGKILL as soon as `when` holds. */
async function paysUntil(when: () => Promise<boolean>): Promise<void> {
  const { rows } = await house.deps.db.engine.query<{ name: string }>('select current_database() as name')
  const database = new URL(process.env.TEST_DATABASE_URL!)
  database.pathname = `/${rows[0]!.name}`
  const child = spawn(process.execPath, [fileURLToPath(new URL('killed.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      TEST_DATABASE: database.href,
      LOG_LEVEL: 'silent',
      ENCRYPTION_KEYS,
      DATA_DIR: house.deps.config.dataDir,
      STRIPE_API_URL: house.deps.config.stripe.apiUrl,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  await until(when, holds => holds)
  child.kill('SIGKILL')
  await ended
}

const transfersOf = async (orderId: string) =>
  (await listAtStripe(house, shop, `transfers?transfer_group=order_${orderId}`)) as { amount: number }[]

const asked = async (orderId: string) =>
  (
    await house.deps.db
      .selectFrom('shares')
      .select('id')
      .where('order_id', '=', orderId)
      .where('asked_at', 'is not', null)
      .execute()
  ).length > 0

/** Where the process is when it is killed: what Stripe does meanwhile, and how it is known to be there. */
const MOMENTS: [string, () => Promise<void>, (orderId: string) => Promise<boolean>][] = [
  [
    'before Stripe has made the transfer',
    async () => fault(house, shop, 'POST /v1/transfers', 'delay', { ms: 1_500 }),
    asked,
  ],
  [
    'after the first transfer, before its answer',
    async () => {
      await fault(house, shop, 'POST /v1/transfers', 'lost_answer')
      await fault(house, shop, 'POST /v1/transfers', 'delay', { ms: 1_500, times: 5 })
    },
    async orderId => (await transfersOf(orderId)).length === 1,
  ],
]

// The embedded database is this process's own: there is no other one to kill.
test.skipIf(!process.env.TEST_DATABASE_URL).each(MOMENTS)(
  'killed %s, the next process pays each vendor once',
  async (_when, trouble, there) => {
    const { order_id } = await paidOrder(house, shop, LINES)
    await trouble()
    await paysUntil(() => there(order_id))
    await noFaults(house, shop)
    const place = { store_id: shop.id, id: order_id }
    // What Stripe was still working on when the process died ends meanwhile.
    await until(
      async () => {
        await Promise.all([shareOrder(house.deps, place), shareOrder(house.deps, place)])
        return orderOf(house, shop, order_id)
      },
      ({ split }) => split.vendors.every(({ payout }: { payout: string }) => payout === 'by_stripe'),
    )
    await shareOrder(house.deps, place)
    const amounts = (await transfersOf(order_id)).map(({ amount }) => amount)
    expect(amounts.sort()).toEqual([3_600, 9_000])
  },
)

test('killed between the payment and the first word of it to us, nothing was asked for, and it is paid once', async () => {
  const { order_id } = await paidOrder(house, shop, LINES)
  expect(await transfersOf(order_id)).toEqual([])
  const place = { store_id: shop.id, id: order_id }
  await Promise.all(Array.from({ length: 4 }, () => shareOrder(house.deps, place)))
  expect(await transfersOf(order_id)).toHaveLength(2)
})
