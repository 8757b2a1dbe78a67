import type { House } from './house.ts'
import { confirm, openCheckout, orderOf, pay, type Shop, until } from './shop.ts'
import { intentOf } from './stripe-event.ts'

export type PaidOrder = { order_id: string; intent: string; confirmation_code: string; token: string }

/** An order of 4890 that was paid at the sandbox, and that we know to be paid. */
export async function paidOrder(
  house: House,
  shop: Shop,
  { card, ...more }: { card?: string } & Record<string, unknown> = {},
): Promise<PaidOrder> {
  const { token, order_id, confirmation_code } = await openCheckout(house, shop, more)
  const { body } = await pay(house, token)
  await confirm(house, shop, body.client_secret, card)
  await until(
    () => orderOf(house, shop, order_id),
    ({ status }) => status === 'paid',
  )
  return { order_id, intent: await intentOf(house, shop, order_id), confirmation_code, token }
}

/** What the sandbox has of an account, as its owner's key shows it. */
export async function stripeList(house: House, shop: Shop, path: string) {
  const response = await fetch(`${house.deps.config.stripe.apiUrl}/v1/${path}`, {
    headers: { authorization: `Bearer ${shop.keys.secret_key}` },
  })
  return ((await response.json()) as { data: Record<string, unknown>[] }).data
}
