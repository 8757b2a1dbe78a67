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
  await untilPaid(house, shop, order_id)
  return { order_id, intent: await intentOf(house, shop, order_id), confirmation_code, token }
}

/** The order, once it is paid. */
export const untilPaid = (house: House, shop: Shop, orderId: string) =>
  until(
    () => orderOf(house, shop, orderId),
    ({ status }) => status === 'paid',
  )
