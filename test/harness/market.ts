import { shareOrders } from '../../src/marketplace/sharing.ts'
import type { House } from './house.ts'
import { put } from './pricing.ts'
import { askRefund } from './refunds.ts'
import { fromSomewhere, internal, orderOf, type Shop, until } from './shop.ts'

/** A vendor of a shop, without a Stripe account yet. */
export const newVendor = (house: House, shop: { id: string }, id: string, more: object = {}) =>
  put(house, shop.id, `vendors/${id}`, {
    name: `The ${id}`,
    email: `${id}@vendor.example`,
    country: 'DE',
    ...more,
  })

/** Opens the vendor's link and goes on to Stripe, as a browser does; answers the address of Stripe's page. */
export async function openOnboarding(house: House, shop: { id: string }, id: string): Promise<string> {
  const { body } = await internal(house, 'POST', `/stores/${shop.id}/vendors/${id}/onboarding-links`, {})
  const answer = await fetch(`${body.url}/stripe`, { redirect: 'manual', headers: fromSomewhere() })
  const address = answer.headers.get('location')
  if (answer.status !== 303 || !address) throw new Error(`onboarding answered ${answer.status}`)
  return address
}

/** Does what a vendor does on Stripe's hosted page; answers where that leads. */
export async function finishOnboarding(url: string, outcome: 'enabled' | 'in_review' | 'unfinished') {
  const page = await (await fetch(url)).text()
  const session = /name="session" value="(\w+)"/.exec(page)![1]!
  const body = new URLSearchParams({
    session,
    outcome,
    email: 'vendor@example.com',
    business_type: 'individual',
  })
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  return answer.headers.get('location')
}

export const statusOf = async (house: House, shop: { id: string }, id: string) =>
  (await internal(house, 'GET', `/stores/${shop.id}/vendors/${id}/status`)).body

/** A vendor that Stripe can pay. */
export async function connectedVendor(
  house: House,
  shop: Shop,
  id: string,
  more: object = {},
): Promise<string> {
  await newVendor(house, shop, id, more)
  await finishOnboarding(await openOnboarding(house, shop, id), 'enabled')
  const { connected, account_id } = await statusOf(house, shop, id)
  if (!connected) throw new Error(`${id} is not connected`)
  return account_id
}

/** What Stripe does with an account by itself: `restricted` takes away what was enabled. */
export async function moveAccount(house: House, account: string, act: string): Promise<void> {
  const { apiUrl } = house.deps.config.stripe
  const body = new URLSearchParams({ act })
  const answer = await fetch(`${apiUrl}/console/connected/${account}`, {
    method: 'POST',
    body,
    redirect: 'manual',
  })
  if (answer.status !== 303) throw new Error(`${act}: ${answer.status}`)
}

/** Lines of these vendors (null: the store's own) at these prices, in cents. */
export const linesOf = (prices: [vendor: string | null, price: number][]) => ({
  line_items: prices.map(([vendor_id, price]) => ({
    name: `By ${vendor_id ?? 'us'}`,
    price,
    quantity: 1,
    ...(vendor_id && { vendor_id }),
  })),
})

/**
 * Brings the shares of a paid order up to date, as the service does every second: while an event holds the order it is
 * left for the next look.
 */
export const shared = (house: House, shop: Shop, orderId: string) =>
  until(
    async () => {
      await shareOrders(house.deps)
      return orderOf(house, shop, orderId)
    },
    ({ split }) => split.vendors.every(({ payout }: { payout: string }) => payout !== 'pending'),
  )

/** Refunds by the partner's API; answers the refund. */
export async function refund(house: House, shop: Shop, orderId: string, body: object) {
  const answer = await askRefund(house, shop, orderId, body)
  if (answer.status !== 201) throw new Error(`refund: ${JSON.stringify(answer.body)}`)
  return answer.body
}
