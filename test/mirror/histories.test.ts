import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refetchUnsure } from '../../src/mirror/refetch.ts'
import { API_VERSION } from '../../src/stripe/stripe.ts'
import { type House, openHouse } from '../harness/house.ts'
import { control } from '../harness/sandbox-control.ts'
import { newKeys, openShop, type Shop, until } from '../harness/shop.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

type Listed = { data: { id: string; type?: string }[] }

/** A merchant at Stripe, whose endpoint hears of everything, in any order and some of it twice. */
async function openMerchant() {
  const keys = newKeys()
  const stripe = async <Answer>(method: string, path: string, params: Record<string, string> = {}) => {
    const response = await fetch(`${house.deps.config.stripe.apiUrl}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.secret_key}`, 'stripe-version': API_VERSION },
      ...(method === 'POST' ? { body: new URLSearchParams(params) } : {}),
    })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const { secret } = await stripe<{ secret: string }>('POST', 'webhook_endpoints', {
    url: `${house.url}/webhook/stripe`,
    'enabled_events[]': '*',
    api_version: API_VERSION,
  })
  const restricted = {
    ...keys,
    secret_key: keys.secret_key.replace('sk_', 'rk_').replace('Secret', 'NoWebhooks'),
  }
  const shop: Shop = await openShop(house, { ...restricted, webhook_secret: secret } as never)
  await control(house, 'POST', 'webhooks', { account: keys.account_id, shuffle: true, duplicate: 0.4 })
  return { shop, stripe }
}

type Merchant = Awaited<ReturnType<typeof openMerchant>>

const KINDS = [
  ['customer', 'customers', { name: 'first' }, 'name'],
  ['product', 'products', { name: 'first' }, 'name'],
  ['coupon', 'coupons', { percent_off: '10', duration: 'once', name: 'first' }, 'name'],
] as const

type Step = { kind: number; object: number; does: 'change' | 'delete' }

/** Makes objects and lives through what happens to them, as fast as Stripe answers: many of one second. */
async function live({ stripe }: Merchant, steps: Step[]): Promise<void> {
  const made = new Map<string, string>()
  for (const [n, { kind, object, does }] of steps.entries()) {
    const [, path, first, field] = KINDS[kind]!
    const key = `${path} ${object}`
    const id = made.get(key)
    if (!id) made.set(key, (await stripe<{ id: string }>('POST', path, first)).id)
    else if (does === 'change') await stripe('POST', `${path}/${id}`, { [field]: `version ${n}` })
    else {
      await stripe('DELETE', `${path}/${id}`)
      made.delete(key)
    }
  }
}

/** Waits until every event has arrived and nothing is left to be asked for. */
async function settled({ shop, stripe }: Merchant): Promise<void> {
  const { db } = house.deps
  const { data } = await stripe<Listed>('GET', 'events?limit=100')
  const told = data
    .filter(({ type }) => KINDS.some(([kind]) => type?.startsWith(`${kind}.`)))
    .map(({ id }) => id)
  const arrived = () =>
    db.selectFrom('events').select('id').where('store_id', '=', shop.id).where('id', 'in', told).execute()
  await until(arrived, ({ length }) => length === told.length)
  const unsure = () =>
    db
      .selectFrom('stripe_objects')
      .select('id')
      .where('store_id', '=', shop.id)
      .where('unsure', '=', true)
      .execute()
  // Their second must be over before Stripe is asked: up to two rounds of waiting on a busy machine.
  for (let round = 0; round < 3; round += 1) {
    const left = until(
      () => refetchUnsure(house.deps).then(unsure),
      ({ length }) => length === 0,
    )
    if (
      await left.then(
        () => true,
        () => false,
      )
    )
      return
  }
  throw new Error(`still unsure: ${JSON.stringify(await unsure())}`)
}

test('whatever happens at Stripe, in whatever order it is told, the mirror ends as Stripe is', async () => {
  const step = fc.record({
    kind: fc.nat(KINDS.length - 1),
    object: fc.nat(2),
    does: fc.constantFrom('change', 'change', 'change', 'delete'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30 }), async steps => {
      const merchant = await openMerchant()
      await live(merchant, steps as Step[])
      await settled(merchant)
      for (const [type, path] of KINDS) {
        const { data } = await merchant.stripe<Listed>('GET', `${path}?limit=100`)
        const rows = await house.deps.db
          .selectFrom('stripe_objects')
          .select(['id', 'object'])
          .where('store_id', '=', merchant.shop.id)
          .where('type', '=', type)
          .where('deleted', '=', false)
          .execute()
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
        expect(rows.sort(byId).map(({ object }) => object)).toEqual(data.sort(byId))
      }
    }),
    { numRuns: 3, endOnFailure: true },
  )
}, 90_000)
