import { listAtStripe } from './at-stripe.ts'
import type { House } from './house.ts'
import { internal, type Shop } from './shop.ts'

/** Asks for a refund by the partner's API. */
export const askRefund = (
  house: House,
  shop: Pick<Shop, 'id'>,
  orderId: string,
  body: unknown,
  idempotencyKey?: string,
) =>
  internal(
    house,
    'POST',
    `/stores/${shop.id}/orders/${orderId}/refunds`,
    body,
    house.secret,
    idempotencyKey ? { 'idempotency-key': idempotencyKey } : {},
  )

/** The refunds of a payment as Stripe has them. */
export const refundsAtStripe = (house: House, shop: Shop, intent: string) =>
  listAtStripe(house, shop, `refunds?payment_intent=${intent}`)
