import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { disconnectStore } from '../../src/stores/connections.ts'
import { addPastedEndpoint } from '../../src/stores/endpoints.ts'
import { checkEndpoint } from '../../src/stores/upkeep.ts'
import { callStripe, listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connect, internal, type Keys, newKeys, openCheckout, openShop, pay } from '../harness/shop.ts'
import { deliver, intentEvent } from '../harness/stripe-event.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const endpointsAtStripe = (keys: Keys) => listAtStripe(house, { keys }, 'webhook_endpoints')
const living = (id: string) =>
  house.deps.db
    .selectFrom('endpoints')
    .select('stripe_endpoint_id')
    .where('store_id', '=', id)
    .where('retired_at', 'is', null)
    .execute()

describe('the endpoint that we register', () => {
  test('is found again, not doubled, when keys of the same account are replaced', async () => {
    const keys = newKeys()
    const shop = await openShop(house, keys)
    const [before] = await endpointsAtStripe(keys)
    expect((await connect(house, shop.id, { ...keys, secret_key: `${keys.secret_key}2` })).status).toBe(303)
    const after = await endpointsAtStripe(keys)
    expect(after.map(({ id }: { id: string }) => id)).toEqual([before.id])
    expect((await living(shop.id)).map(row => row.stripe_endpoint_id)).toEqual([before.id])
  })

  test('of two stores on one account are two, and each store keeps its own', async () => {
    const keys = newKeys()
    const [one, two] = [await openShop(house, keys), await openShop(house, keys)]
    expect(await endpointsAtStripe(keys)).toHaveLength(2)
    await disconnectStore(house.deps, one.id, 'test', { kind: 'service' })
    const [left] = await endpointsAtStripe(keys)
    expect(left.metadata.store_id).toBe(two.id)
  })

  test.each([
    ['disabled', { disabled: 'true' }],
    ['pointed elsewhere', { url: 'https://elsewhere.example/hook' }],
    ['cut down to one event', { 'enabled_events[0]': 'charge.succeeded' }],
  ])('is put right when somebody has %s it', async (_name, change) => {
    const shop = await openShop(house)
    const [made] = await endpointsAtStripe(shop.keys)
    await callStripe(house, shop, 'POST', `webhook_endpoints/${made.id}`, change)
    expect(await checkEndpoint(house.deps, shop.id, 'test')).toBe('good')

    const [mended, ...others] = await endpointsAtStripe(shop.keys)
    expect(others).toEqual([])
    expect([mended.status, mended.enabled_events.length > 3, mended.url.startsWith(house.url)]).toEqual([
      'enabled',
      true,
      true,
    ])
    const checkout = await openCheckout(house, shop)
    expect((await pay(house, checkout.token)).status).toBe(200)
  })

  test('is told of everything when the merchant wants a full copy, also after new keys, and of less again', async () => {
    const keys = newKeys()
    const shop = await openShop(house, keys)
    const events = async () =>
      (await endpointsAtStripe(keys)).map((one: { enabled_events: string[] }) => one.enabled_events)
    const needed = await events()
    const path = `/stores/${shop.id}/connections/test`
    const all = await internal(house, 'PATCH', path, { all_events: true })
    expect([all.status, all.body.all_events, await events()]).toEqual([200, true, [['*']]])
    await connect(house, shop.id, { ...keys, secret_key: `${keys.secret_key}3` })
    expect(await checkEndpoint(house.deps, shop.id, 'test')).toBe('good')
    expect(await events()).toEqual([['*']])
    await internal(house, 'PATCH', path, { all_events: false })
    expect(await events()).toEqual(needed)
    expect((await internal(house, 'PATCH', path.replace('test', 'live'), { all_events: true })).status).toBe(
      409,
    )
  })

  test('is made anew when it was deleted, and the lost one no longer verifies', async () => {
    const shop = await openShop(house)
    const [made] = await endpointsAtStripe(shop.keys)
    await callStripe(house, shop, 'DELETE', `webhook_endpoints/${made.id}`)
    expect(await checkEndpoint(house.deps, shop.id, 'test')).toBe('good')
    const [anew] = await endpointsAtStripe(shop.keys)
    expect(anew.id).not.toBe(made.id)
    expect((await living(shop.id)).map(row => row.stripe_endpoint_id)).toEqual([anew.id])
  })

  test("leaves the merchant's own endpoints alone, also those that look a little like ours", async () => {
    const keys = newKeys()
    const theirs = { url: 'https://shop.example/hook', 'enabled_events[0]': '*' }
    await callStripe(house, { keys }, 'POST', 'webhook_endpoints', theirs)
    await callStripe(house, { keys }, 'POST', 'webhook_endpoints', {
      ...theirs,
      'metadata[owntill]': 'endpoint',
      'metadata[store_id]': 'x',
    })
    const shop = await openShop(house, keys)
    await disconnectStore(house.deps, shop.id, 'test', { kind: 'service' })
    expect(await endpointsAtStripe(keys)).toHaveLength(2)
  })

  test('is not possible when the account has sixteen: connected all the same, and the status says what is missing', async () => {
    const keys = newKeys()
    for (let n = 0; n < 16; n++) {
      await callStripe(house, { keys }, 'POST', 'webhook_endpoints', {
        url: `https://shop.example/${n}`,
        'enabled_events[0]': '*',
      })
    }
    const shop = await openShop(house, keys)
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/stripe-status`)
    expect([body.has_stripe, body.modes.test.webhook]).toEqual([true, 'missing'])
  })
})

describe('secrets that are pasted', () => {
  const signed = (secret: string, storeId: string) =>
    deliver(
      house,
      intentEvent('customer.created', { id: 'cus_9', object: 'customer', metadata: { store_id: storeId } }),
      { secret },
    )

  test('overlap while one rolls, and the oldest of five retires', async () => {
    const shop = await openShop(house, newKeys('NoWebhooks', 'test', 'rk'))
    const secrets = [1, 2, 3, 4, 5].map(n => `whsec_${n}${shop.id}`)
    for (const secret of secrets)
      await addPastedEndpoint(house.deps, shop.id, 'test', new Secret(secret), { kind: 'service' })
    const answers = []
    for (const secret of secrets) answers.push((await signed(secret, shop.id)).status)
    expect(answers).toEqual([400, 200, 200, 200, 200])
  })

  test('no longer verify after the store was disconnected, at once', async () => {
    const secret = 'whsec_untilDisconnected'
    const shop = await openShop(house, {
      ...newKeys('NoWebhooks', 'test', 'rk'),
      webhook_secret: secret,
    } as Keys)
    expect((await signed(secret, shop.id)).status).toBe(200)
    await disconnectStore(house.deps, shop.id, 'test', { kind: 'service' })
    expect((await signed(secret, shop.id)).status).toBe(400)
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/stripe-status`)
    expect(body.has_stripe).toBe(false)
  })
})
