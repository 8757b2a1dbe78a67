import { DiscountUsed, NAME_CUSTOMER, UNNAMED_USE, usedBefore } from '../catalog/redemptions.ts'
import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import { counted } from './settle.ts'
import { applying, SETTLEMENT, type Settlement, VERDICT } from './verdict.ts'

/**
 * An order of which a discount left nothing to pay is settled by the verb that settles all others, only that there is
 * no payment and nobody to ask: who says so is its own price, under its lock.
 */
type FreeValues = {
  store_id: string
  token_digest: Buffer
  email: string | null
  found: string
  seen_at: Date
  charge: null
  failure: null
  source: string
  event_id: null
}

const settle = statement<FreeValues, Settlement>(
  'settle_free',
  `with target as (
     select null::uuid as payment_id, o.id as order_id, false as is_open, null::text as known_charge, o.status, o.paid_at,
            o.amount_refunded, o.amount as order_amount, true as is_newest, null::text as contradiction
     from checkout_sessions cs
     join orders o on o.store_id = cs.store_id and o.id = cs.order_id
     where cs.store_id = :store_id::uuid and cs.token_digest = :token_digest::bytea and cs.expires_at > now()
       and o.amount = 0 and o.status in ('pending', 'failed')
       and (:email::text is not null or not exists (${UNNAMED_USE}))
     for update of o
   ),
   ${VERDICT},
   attempt as (select :store_id::uuid as store_id, order_id from target),
   ${NAME_CUSTOMER},
   ${applying('true', {
     payment: '',
     order: 'customer_email = coalesce(:email::text, o.customer_email),',
     over: 'false',
   })} ${SETTLEMENT}`,
)

/** Settles an order that costs nothing. False when it does, or is over: the page shows the truth on reload. Throws DiscountUsed. */
export async function settleFree(
  { db }: Deps,
  session: { store_id: string; digest: Buffer },
  email: string | null,
): Promise<boolean> {
  try {
    const [settlement] = await db.run(settle, {
      store_id: session.store_id,
      token_digest: session.digest,
      email,
      found: 'succeeded',
      seen_at: new Date(),
      charge: null,
      failure: null,
      source: 'shopper',
      event_id: null,
    })
    return counted(settlement, 'shopper') !== undefined
  } catch (error) {
    if (usedBefore(error)) throw new DiscountUsed()
    throw error
  }
}
