import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shareOrders } from '../../src/marketplace/sharing.ts'
import { OrderStatusName } from '../../src/orders/order-schemas.ts'
import { type House, openHouse } from '../harness/house.ts'
import { finishOnboarding, openOnboarding } from '../harness/market.ts'
import { confirm, fromSomewhere, json, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'

const guide = readFileSync(new URL('../../docs/marketplace.md', import.meta.url), 'utf8')
const examples = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)

let house: House
let shop: Shop
let env: Record<string, string>

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  env = {
    PATH: process.env.PATH ?? '',
    OWNTILL: house.url,
    INTERNAL_SECRET: house.secret,
    STORE_ID: shop.id,
  }
})
afterAll(() => house.close())

const has = await Promise.all(
  ['bash', 'curl'].map(name => promisify(execFile)(name, ['--version']).catch(() => undefined)),
)

const run = async (number: number) =>
  JSON.parse(
    (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', examples[number]!], { env })).stdout,
  )

test.skipIf(has.includes(undefined))(
  'the guide to marketplaces works, from the vendor to its statement',
  async () => {
    expect(examples).toHaveLength(7)
    expect(await run(0)).toMatchObject({ id: 'lantern-boats', commission_bps: 1_250, connected: false })
    expect((await run(1)).url).toContain('/vendors/')
    await finishOnboarding(await openOnboarding(house, shop, 'lantern-boats'), 'enabled')
    expect(await run(2)).toMatchObject({ vendor_id: 'lantern-boats', connected: true })

    const checkout = await run(3)
    const status = async () =>
      (await json(await fetch(`${checkout.url}/status`, { headers: fromSomewhere() }))).status
    expect(await status()).toBe('pending')
    const { body } = await pay(house, checkout.url.split('/').at(-1))
    await confirm(house, shop, body.client_secret)
    await until(status, said => said === 'paid')
    const { data } = await run(4)
    expect(data).toMatchObject([{ id: checkout.order_id, reference: 'booking-4711', status: 'paid' }])
    await shareOrders(house.deps)
    const { split } = await orderOf(house, shop, checkout.order_id)
    expect(split).toMatchObject({ platform: 1_400, vendors: [{ amount: 8_400, payout: 'by_stripe' }] })

    env.ORDER_ID = checkout.order_id
    expect(await run(5)).toMatchObject({ amount: 1_000, commission: 'keep', status: 'succeeded' })
    const statement = await run(6)
    expect(statement).toMatchObject({ vendor_id: 'lantern-boats', month: '2026-11', currency: 'eur' })
  },
)

test('the guide maps every status of an order', () => {
  const table = guide.slice(
    guide.indexOf('| `status` of the order'),
    guide.indexOf('`disputed` stands beside'),
  )
  for (const status of OrderStatusName.options) expect(table).toContain(`\`${status}\``)
})
