import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { connect, internal, newKeys, newStore, openShop, sendConnectForm } from '../harness/shop.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const statusOf = async (id: string) => (await internal(house, 'GET', `/stores/${id}/stripe-status`)).body
const linkOf = async (id: string, body = {}) => {
  const answer = await internal(house, 'POST', `/stores/${id}/connect-links`, body)
  return { ...answer, ct: answer.body.url ? new URL(answer.body.url).searchParams.get('ct')! : '' }
}

test('an owner connects by a link: keys are sealed, the endpoint is registered, the status says so', async () => {
  const { id } = await newStore(house)
  const keys = newKeys('Limited', 'test', 'rk')
  const { body, ct } = await linkOf(id, { return_url: 'https://shop.example/settings?tab=1' })
  const form = await fetch(body.url)
  expect(form.headers.get('cache-control')).toBe('no-store')
  expect(await form.text()).toContain('autocomplete="off"')

  const sent = await sendConnectForm(house, { store_id: id, ct, ...keys })
  expect([sent.status, sent.headers.get('location')]).toEqual([303, 'https://shop.example/settings?tab=1'])
  expect(await statusOf(id)).toEqual({
    store_id: id,
    has_stripe: true,
    is_live_mode: false,
    modes: {
      test: {
        connected: true,
        account_id: keys.account_id,
        key_kind: 'restricted',
        webhook: 'unproven',
        last_event_at: null,
        problems: [],
        all_events: false,
      },
      live: {
        connected: false,
        account_id: null,
        key_kind: null,
        webhook: 'missing',
        last_event_at: null,
        problems: [],
        all_events: false,
      },
    },
  })
  const [endpoint] = await listAtStripe(house, { keys }, 'webhook_endpoints')
  expect(endpoint.url).toMatch(`${house.url}/webhook/stripe/`)
  expect(endpoint.metadata.store_id).toBe(id)
})

test('nothing is left of the probe at Stripe', async () => {
  const { keys } = await openShop(house)
  const intents = await listAtStripe(house, { keys }, 'payment_intents')
  expect(intents.map(({ status }: { status: string }) => status)).toEqual(['canceled'])
  expect(await listAtStripe(house, { keys }, 'refunds')).toEqual([])
})

describe('who may connect', () => {
  const keys = newKeys()

  test('not whoever knows the store, nor with a link that is foreign, used or expired', async () => {
    const mine = await newStore(house)
    const theirs = await newStore(house)
    const foreign = await linkOf(theirs.id)
    const expired = await linkOf(mine.id)
    await house.deps.db
      .updateTable('connect_links')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('store_id', '=', mine.id)
      .execute()
    const used = await linkOf(mine.id)
    expect((await sendConnectForm(house, { store_id: mine.id, ct: used.ct, ...newKeys() })).status).toBe(303)

    for (const ct of ['x', foreign.ct, expired.ct, used.ct]) {
      const answer = await sendConnectForm(house, { store_id: mine.id, ct, ...keys })
      expect([ct, answer.status]).toEqual([ct, 403])
      expect((await fetch(`${house.url}/stripe/connect?store_id=${mine.id}&ct=${ct}`)).status).toBe(403)
    }
    const bare = await sendConnectForm(house, { store_id: mine.id, ...keys })
    expect([bare.status, bare.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('/portal/sign-in'),
    ])
    const connections = await house.deps.db
      .selectFrom('connections')
      .select('account_id')
      .where('store_id', '=', mine.id)
      .execute()
    expect(connections).toHaveLength(1)
  })

  test('not a page of another site', async () => {
    const { id } = await newStore(house)
    const { ct } = await linkOf(id)
    for (const origin of ['https://evil.example', 'null', `${house.url}.evil.example`]) {
      expect((await sendConnectForm(house, { store_id: id, ct, ...keys }, origin)).status).toBe(403)
    }
    expect((await statusOf(id)).has_stripe).toBe(false)
  })

  test('one link connects once, however many send it at the same moment', async () => {
    const { id } = await newStore(house)
    const { ct } = await linkOf(id)
    const rivals = [newKeys(), newKeys(), newKeys()]
    const answers = await Promise.all(
      rivals.map(pair => sendConnectForm(house, { store_id: id, ct, ...pair })),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    const endpoints = await Promise.all(
      rivals.map(rival => listAtStripe(house, { keys: rival }, 'webhook_endpoints')),
    )
    expect(endpoints.flat(), 'the losers leave nothing at Stripe').toHaveLength(1)
  })
})

describe('keys that Stripe does not confirm', () => {
  test.each([
    ['a revoked key', () => newKeys('Revoked'), 'Invalid API key'],
    [
      'keys of two accounts',
      () => ({ ...newKeys(), publishable_key: newKeys().publishable_key }),
      'The two keys belong to different accounts',
    ],
    ['a key that may not charge', () => newKeys('NoIntents', 'test', 'rk'), 'The key lacks a permission'],
  ])('%s: said by name, nothing saved, the link still good', async (_name, make, title) => {
    const { id } = await newStore(house)
    const { ct } = await linkOf(id)
    const wrong = make()
    const answer = await sendConnectForm(house, { store_id: id, ct, ...wrong })
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toContain(title)
    expect(page).not.toContain(wrong.secret_key)
    expect((await statusOf(id)).has_stripe).toBe(false)
    expect((await sendConnectForm(house, { store_id: id, ct, ...newKeys() })).status).toBe(303)
  })

  test('a missing permission is not an invalid key: refunds and disputes are listed as missing', async () => {
    const shop = await openShop(house, newKeys('NoRefundsNoDisputesNoAccount', 'test', 'rk'))
    const { permissions, account_id } = await house.deps.db
      .selectFrom('connections')
      .select(['permissions', 'account_id'])
      .where('store_id', '=', shop.id)
      .executeTakeFirstOrThrow()
    expect(permissions).toMatchObject({
      payment_intents: true,
      refunds: false,
      disputes: false,
      checkout: true,
    })
    expect(account_id).toBe(shop.keys.account_id)
  })

  test('without the permission for endpoints the store is connected and the webhook is missing', async () => {
    const shop = await openShop(house, newKeys('NoWebhooks', 'test', 'rk'))
    const status = await statusOf(shop.id)
    expect([status.has_stripe, status.modes.test.webhook]).toEqual([true, 'missing'])
  })
})

test('test and live live side by side, and live keys do not take a working test store over', async () => {
  const shop = await openShop(house)
  expect((await connect(house, shop.id, newKeys('Secret', 'live'))).status).toBe(303)
  const status = await statusOf(shop.id)
  expect([status.is_live_mode, status.modes.test.connected, status.modes.live.connected]).toEqual([
    false,
    true,
    true,
  ])
  await internal(house, 'PATCH', `/stores/${shop.id}`, { mode: 'live' })
  expect((await statusOf(shop.id)).is_live_mode).toBe(true)
})

test('a store whose first keys are live takes live payments', async () => {
  const shop = await openShop(house, newKeys('Secret', 'live'))
  expect(await statusOf(shop.id)).toMatchObject({ has_stripe: true, is_live_mode: true })
})

test('the public status of an unknown store is that of an unconnected one', async () => {
  const unknown = '0199d3a0-0000-7000-8000-0000000000ff'
  for (const id of [unknown, 'nonsense']) {
    const answer = await fetch(`${house.url}/stripe/status/${id}`)
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { store_id: id, has_stripe: false, is_live_mode: false },
    ])
  }
})
