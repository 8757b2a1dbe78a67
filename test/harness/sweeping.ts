import { sql } from 'kysely'
import type { House } from './house.ts'
import { loseWebhooks } from './sandbox-control.ts'
import { confirm, openCheckout, openShop, pay, type Shop } from './shop.ts'
import { intentOf } from './stripe-event.ts'

/** A shop that no webhook reaches: what happens to its orders has to be found out. */
export async function openDeafShop(house: House): Promise<Shop> {
  const shop = await openShop(house)
  await loseWebhooks(house, shop)
  return shop
}

/** A checkout on which somebody pressed pay, and with a card also paid. */
export async function pressedPay(house: House, shop: Shop, card?: string) {
  const checkout = await openCheckout(house, shop)
  const { body } = await pay(house, checkout.token)
  if (card) await confirm(house, shop, body.client_secret, card)
  return { ...checkout, intent: await intentOf(house, shop, checkout.order_id) }
}

/** Makes it the turn of all payments of a shop to be asked about. */
export const makeDue = ({ deps }: House, shop: Shop) =>
  deps.db
    .updateTable('payments')
    .set({ ask_at: sql<Date>`now() - interval '1 second'` })
    .where('store_id', '=', shop.id)
    .execute()

/** Makes the time of a checkout be over since then. */
export const endSession = ({ deps }: House, orderId: string, ago = '1 minute') =>
  deps.db
    .updateTable('checkout_sessions')
    .set({ expires_at: sql<Date>`now() - ${ago}::interval` })
    .where('order_id', '=', orderId)
    .execute()

export const paymentsOf = ({ deps }: House, shop: Shop) =>
  deps.db.selectFrom('payments').selectAll().where('store_id', '=', shop.id).execute()

/** Until the one payment of a shop is asked about. */
export async function secondsUntilAsked(house: House, shop: Shop): Promise<number> {
  const [payment] = await paymentsOf(house, shop)
  return Math.round((payment!.ask_at.getTime() - Date.now()) / 1_000)
}
