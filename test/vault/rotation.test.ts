import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { SEALED } from '../../src/sealed.ts'
import { makeStripeAccess } from '../../src/stripe/stripe.ts'
import { checkKeys, WrongKeys } from '../../src/vault/canaries.ts'
import { countBoxes, rotateBoxes } from '../../src/vault/rotation.ts'
import { makeVault } from '../../src/vault/vault.ts'
import { type House, openHouse } from '../harness/house.ts'
import { untilPaid } from '../harness/paid-order.ts'
import { confirm, openCheckout, openShop, pay, type Shop } from '../harness/shop.ts'

let house: House
const shops: Shop[] = []

beforeAll(async () => {
  house = await openHouse()
  await checkKeys(house.deps.db, house.deps.vault)
  for (let n = 0; n < 4; n++) shops.push(await openShop(house))
})
afterAll(() => house.close())

test('every text column that holds a box is one that rotation knows', async () => {
  const { rows } = await house.deps.db.engine.query<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and column_name like '%box' and table_name <> 'vault_canaries'`,
  )
  const there = rows.map(row => `${row.table_name}.${row.column_name}`).sort()
  expect(SEALED.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(there)
})

test('keys are rotated while orders are paid: none fails, and no row names the old key afterwards', async () => {
  const { deps } = house
  const fresh = { kid: 'fresh', key: new Secret(randomBytes(32).toString('base64')) }
  const rotated = makeVault([fresh, ...deps.config.masterKeys])
  await checkKeys(deps.db, rotated)

  // The running service learns the new key by a restart; here it gets it in place, half way.
  const sell = async (shop: Shop) => {
    const checkout = await openCheckout(house, shop)
    const { status, body } = await pay(house, checkout.token)
    expect(status).toBe(200)
    await confirm(house, shop, body.client_secret)
    await untilPaid(house, shop, checkout.order_id)
  }
  Object.assign(deps.vault, rotated)
  Object.assign(deps.stripe, makeStripeAccess(deps.config.stripe, rotated))
  const selling = Promise.all(shops.flatMap(shop => [sell(shop), sell(shop)]))
  const seen: number[] = []
  await rotateBoxes(deps.db, rotated, SEALED, done => seen.push(done))
  await selling

  const left = await countBoxes(deps.db, SEALED)
  expect(new Set(left.map(({ kid }) => kid))).toEqual(new Set(['fresh']))
  expect(seen.at(-1)).toBeGreaterThanOrEqual(8)
  await checkKeys(deps.db, makeVault([fresh]))
  await expect(checkKeys(deps.db, makeVault(deps.config.masterKeys))).rejects.toThrow(WrongKeys)
  await sell(shops[0]!)
})
