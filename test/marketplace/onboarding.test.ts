import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkVendors } from '../../src/marketplace/status.ts'
import { disconnectStore } from '../../src/stores/connections.ts'
import { listAtStripe } from '../harness/at-stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import {
  connectedVendor,
  finishOnboarding,
  moveAccount,
  newVendor,
  openOnboarding,
  statusOf,
} from '../harness/market.ts'
import { tellNow } from '../harness/receiver.ts'
import { fault, noFaults } from '../harness/sandbox-control.ts'
import { fromSomewhere, internal, newKeys, openShop, type Shop, until } from '../harness/shop.ts'
import { deliver, intentEvent, SIGNING_SECRET } from '../harness/stripe-event.ts'

let house: House
let shop: Shop

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
})
afterAll(() => house.close())

const accounts = async () =>
  (await listAtStripe(house, shop, 'accounts?limit=100')) as { metadata: { vendor_id: string } }[]
const accountsOf = async (id: string) => (await accounts()).filter(one => one.metadata.vendor_id === id)

test('a vendor goes from its link to Stripe and back, and is connected once charges and payouts are enabled', async () => {
  await newVendor(house, shop, 'boats', { business_type: 'company' })
  expect(await statusOf(house, shop, 'boats')).toMatchObject({ connected: false, account_id: null })
  const stripe = await openOnboarding(house, shop, 'boats')
  expect(await statusOf(house, shop, 'boats')).toMatchObject({
    connected: false,
    details_submitted: false,
    requirements: { currently_due: expect.arrayContaining(['external_account']) },
  })
  const back = await finishOnboarding(stripe, 'enabled')
  const page = await (await fetch(back!, { headers: fromSomewhere() })).text()
  expect(page).toContain('Connected')
  expect(await statusOf(house, shop, 'boats')).toMatchObject({
    connected: true,
    charges_enabled: true,
    payouts_enabled: true,
    details_submitted: true,
    requirements: { currently_due: [], disabled_reason: null },
  })
})

test('an account is made once, however many open the link at once', async () => {
  await newVendor(house, shop, 'crowd')
  await Promise.all(Array.from({ length: 8 }, () => openOnboarding(house, shop, 'crowd')))
  expect(await accountsOf('crowd')).toHaveLength(1)
})

test('a failure that Stripe keeps repeating for a day does not hold the vendor up', async () => {
  await newVendor(house, shop, 'unlucky')
  await fault(house, shop, 'POST /v1/accounts', '500')
  await expect(openOnboarding(house, shop, 'unlucky')).rejects.toThrow('503')
  await openOnboarding(house, shop, 'unlucky')
  expect(await accountsOf('unlucky')).toHaveLength(1)
})

describe('an answer of Stripe’s that never came', () => {
  test('is looked for, and no second account is made', async () => {
    await newVendor(house, shop, 'lost')
    await fault(house, shop, 'POST /v1/accounts', 'lost_answer')
    await fault(house, shop, 'POST /v1/accounts', 'reset', { times: 9 })
    await expect(openOnboarding(house, shop, 'lost')).rejects.toThrow('503')
    expect(await accountsOf('lost')).toHaveLength(1)
    // Whoever asks for one again is cut off once more.
    await openOnboarding(house, shop, 'lost')
    await noFaults(house, shop)
    expect(await accountsOf('lost')).toHaveLength(1)
  })

  test('ends it there while looking fails', async () => {
    await newVendor(house, shop, 'blind')
    await fault(house, shop, 'POST /v1/accounts', 'reset', { times: 2 })
    await expect(openOnboarding(house, shop, 'blind')).rejects.toThrow('503')
    await fault(house, shop, 'GET /v1/accounts', '500', { times: 2 })
    await expect(openOnboarding(house, shop, 'blind')).rejects.toThrow('503')
    expect(await accountsOf('blind')).toHaveLength(0)
    await noFaults(house, shop)
    await openOnboarding(house, shop, 'blind')
    expect(await accountsOf('blind')).toHaveLength(1)
  })
})

test('a vendor in review gets a fresh link, and so does one whose link is used up', async () => {
  await newVendor(house, shop, 'reviewed')
  const first = await openOnboarding(house, shop, 'reviewed')
  const back = await finishOnboarding(first, 'in_review')
  const page = await (await fetch(back!, { headers: fromSomewhere() })).text()
  expect(page).toContain('In review')
  const used = await fetch(first, { redirect: 'manual' })
  const again = await fetch(used.headers.get('location')!, { redirect: 'manual', headers: fromSomewhere() })
  expect(again.status).toBe(303)
  await finishOnboarding(again.headers.get('location')!, 'enabled')
  expect(await statusOf(house, shop, 'reviewed')).toMatchObject({ connected: true })
  expect(await accountsOf('reviewed')).toHaveLength(1)
})

test('is connected no longer when Stripe takes it away, as the regular look finds out without webhooks', async () => {
  await newVendor(house, shop, 'fallen')
  await finishOnboarding(await openOnboarding(house, shop, 'fallen'), 'enabled')
  const { account_id } = await statusOf(house, shop, 'fallen')
  await moveAccount(house, account_id, 'restricted')
  const look = async () => {
    await house.deps.db.engine.query("update vendor_accounts set check_at = now() where vendor_id = 'fallen'")
    await checkVendors(house.deps)
    return (await internal(house, 'GET', `/stores/${shop.id}/vendors/fallen`)).body
  }
  // An event that holds the row leaves it for the next look.
  const body = await until(look, ({ connected }) => !connected)
  expect(body).toMatchObject({ connected: false, stripe_account: account_id })
})

describe('an event of a vendor’s account', () => {
  /** With a webhook set up by hand: nothing is delivered to it that the test does not deliver. */
  let hand: Shop
  beforeAll(async () => {
    hand = await openShop(house, {
      ...newKeys('NoWebhooks', 'test', 'rk'),
      webhook_secret: SIGNING_SECRET,
    } as never)
  })
  const known = (id: string) =>
    house.deps.db
      .selectFrom('vendor_accounts')
      .select(['account_id', 'charges_enabled', 'found_at'])
      .where('vendor_id', '=', id)
      .executeTakeFirstOrThrow()

  /** As it is known, with the look that follows where an event left it open. */
  async function seen(id: string) {
    await checkVendors(house.deps)
    return known(id)
  }

  test('comes to an endpoint of its own, which the store gets with its first vendor', async () => {
    await newVendor(house, shop, 'heard')
    await finishOnboarding(await openOnboarding(house, shop, 'heard'), 'enabled')
    await until(
      () => seen('heard'),
      ({ charges_enabled }) => charges_enabled,
    )
    const { account_id } = await known('heard')
    await moveAccount(house, account_id!, 'restricted')
    await until(
      () => seen('heard'),
      ({ charges_enabled }) => !charges_enabled,
    )
    const endpoints = await listAtStripe(house, shop, 'webhook_endpoints')
    const names = endpoints.map(({ metadata }: { metadata: { owntill: string } }) => metadata.owntill)
    expect(names.sort()).toEqual(['connect_endpoint', 'endpoint'])
  })

  test('changes nothing when it is older than what is known, or another platform’s', async () => {
    const account_id = await connectedVendor(house, hand, 'late')
    const event = (more: object, object: object = {}) =>
      intentEvent(
        'account.updated',
        {
          id: account_id,
          object: 'account',
          charges_enabled: false,
          payouts_enabled: false,
          details_submitted: true,
          ...object,
        },
        { account: account_id, ...more },
      )
    const old = Math.floor(Date.now() / 1_000) - 3_600
    expect((await deliver(house, event({ created: old }))).body.status).toBe('processed')
    expect(await known('late')).toMatchObject({ charges_enabled: true })
    const stranger = event({ account: 'acct_1Other' }, { id: 'acct_1Other' })
    expect((await deliver(house, stranger)).body.status).toBe('ignored')
    expect((await deliver(house, event({ livemode: true }))).body.status).toBe('ignored')
    expect((await deliver(house, event({ account: undefined }))).body.status).toBe('ignored')
    expect(await known('late')).toMatchObject({ charges_enabled: true })
    const later = Math.floor(Date.now() / 1_000) + 2
    expect((await deliver(house, event({ created: later }))).body.status).toBe('processed')
    expect(await known('late')).toMatchObject({ charges_enabled: false })
  })

  test('of the second in which Stripe was asked changes nothing by itself: Stripe is asked again', async () => {
    const account_id = await connectedVendor(house, hand, 'tied')
    const { found_at } = await known('tied')
    const account = { id: account_id, object: 'account', charges_enabled: false, payouts_enabled: false }
    const created = Math.floor(found_at!.getTime() / 1_000)
    const event = intentEvent(
      'account.updated',
      { ...account, details_submitted: true },
      { account: account_id, created },
    )
    expect((await deliver(house, event)).body.status).toBe('processed')
    expect(await known('tied')).toMatchObject({ charges_enabled: true })
    const due = await house.deps.db.engine.query(
      "select from vendor_accounts where vendor_id = 'tied' and check_at <= now()",
    )
    expect(due.rows).toHaveLength(1)
  })

  test('stops when the store lets go of Stripe', async () => {
    const leaving = await openShop(house)
    await connectedVendor(house, leaving, 'left')
    await disconnectStore(house.deps, leaving.id, 'test', { kind: 'service' })
    expect(await listAtStripe(house, leaving, 'webhook_endpoints')).toEqual([])
  })
})

test('the partner is told when a vendor can be paid', async () => {
  const path = `/stores/${shop.id}/notification-endpoints/vendors`
  await internal(house, 'PUT', path, { url: `${house.url}/nowhere`, types: ['vendor.updated'] })
  await newVendor(house, shop, 'told')
  await finishOnboarding(await openOnboarding(house, shop, 'told'), 'enabled')
  await statusOf(house, shop, 'told')
  await tellNow(house)
  const rows = await house.deps.db.selectFrom('notifications').select('body').execute()
  const said = rows
    .map(({ body }) => JSON.parse(body))
    .filter(({ data }) => data.vendor?.vendor_id === 'told')
  expect(said.at(-1)).toMatchObject({
    type: 'vendor.updated',
    data: { store_id: shop.id, vendor: { connected: true, charges_enabled: true } },
  })
})

test('a link of ours is a secret of its store and ends after a week; where it leads back to is on the list', async () => {
  const path = `/stores/${shop.id}/vendors/boats/onboarding-links`
  expect((await internal(house, 'POST', path, { return_url: 'https://evil.example/' })).status).toBe(422)
  const { body } = await internal(house, 'POST', path, { return_url: 'https://shop.example/vendors' })
  expect(await (await fetch(body.url, { headers: fromSomewhere() })).text()).toContain(
    'https://shop.example/vendors',
  )
  await house.deps.db.engine.query("update vendor_links set expires_at = now() - interval '1 second'")
  expect((await fetch(body.url, { headers: fromSomewhere() })).status).toBe(404)
  const wrong = `${body.url.slice(0, -3)}abc`
  expect((await fetch(wrong, { headers: fromSomewhere() })).status).toBe(404)
})
