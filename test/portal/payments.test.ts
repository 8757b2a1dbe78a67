import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { internal, newKeys, openShop, type Shop } from '../harness/shop.ts'
import { type Browser, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let home: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
  home = `/portal/${shop.id}`
})
afterAll(() => house.close())

describe('payments', () => {
  test('live mode waits until live keys are connected', async () => {
    expect((await owner.post(`${home}/payments/mode`, { mode: 'live' })).location).toContain(
      'mode_not_connected',
    )
    const { account_id: _, ...keys } = newKeys('Secret', 'live')
    await owner.post('/stripe/connect', { store_id: shop.id, return_url: '', ct: '', ...keys })
    expect((await owner.post(`${home}/payments/mode`, { mode: 'live' })).location).toContain('done=mode')
    expect((await owner.get(`${home}/payments`)).text).toContain('Live mode')
    await owner.post(`${home}/payments/mode`, { mode: 'test' })
  })

  test('a webhook secret set up by hand is saved, and a mix-up is named without repeating it', async () => {
    const saved = await owner.post(`${home}/payments/webhook`, {
      mode: 'test',
      webhook_secret: ' whsec_0123456789abcdef ',
    })
    expect(saved.location).toContain('done=webhook')
    for (const [pasted, said] of [
      ['we_1ABCDEFGHIJKLMN', 'id (we_'],
      ['sk_test_51ABCDEFGHIJKLMNOP', 'a secret key (sk_'],
      ['whsec_0123 456789abcdef', 'blank'],
      ['', 'Paste the signing secret'],
    ] as const) {
      const page = await owner.post(`${home}/payments/webhook`, { mode: 'test', webhook_secret: pasted })
      expect([pasted, page.status]).toEqual([pasted, 422])
      expect(page.text).toContain(said)
      if (pasted) expect(page.text).not.toContain(pasted)
    }
  })

  test('a demo checkout opens with a product of the store, in test mode only', async () => {
    expect((await owner.post(`${home}/demo-checkout`)).location).toMatch(/\/checkout\/[\w-]{64}$/)
  })

  test('a demo checkout takes one of several sizes, and one that is left', async () => {
    const sized = await openShop(house)
    await internal(house, 'PUT', `/stores/${sized.id}/products/apron`, {
      name: 'Apron',
      price: '39.00',
      currency: 'eur',
      variants: [
        { id: 's', name: 'Small', options: { size: 'S' }, stock: 0 },
        { id: 'm', name: 'Medium', options: { size: 'M' }, stock: 2 },
      ],
    })
    const { location } = await owner.post(`/portal/${sized.id}/demo-checkout`)
    expect(location).toMatch(/\/checkout\/[\w-]{64}$/)
    const { body } = await internal(house, 'GET', `/stores/${sized.id}/orders?reference=Demo%20checkout`)
    expect(body.data[0].amount).toBe(3900)
  })

  test('disconnecting asks first, then stops payments in that mode', async () => {
    expect((await owner.get(`${home}/payments/disconnect?mode=test`)).text).toContain(
      'Disconnect in test mode?',
    )
    expect((await owner.post(`${home}/payments/disconnect`, { mode: 'test' })).location).toContain(
      'done=disconnected',
    )
    const { body } = await internal(house, 'GET', `/stores/${shop.id}/stripe-status`)
    expect(body.has_stripe).toBe(false)
    expect((await owner.get(`${home}/activity`)).text).toContain('Disconnected Stripe in test mode')
  })
})

test('no key, secret or code is ever written into the trail', async () => {
  const trail = JSON.stringify(await house.deps.db.selectFrom('audit').selectAll().execute())
  expect(trail).not.toMatch(/[prs]k_(test|live)_|whsec_|\d{4} \d{4}/)
})
