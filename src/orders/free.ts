import { DiscountUsed, nameCustomer, UNNAMED_USE, usedBefore } from '../catalog/redemptions.ts'
import { batchStatement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import { counted } from './settle.ts'
import { applying, SETTLEMENT, type Settlement, VERDICT } from './verdict.ts'

/**
 * An order of which a discount left nothing to pay is settled by the verb that settles all others, only that there is
 * no payment and nobody to ask: who says so is its own price, under its lock.
 */
type FreeValues = {
  store_id: string
  /** In hexadecimal. */
  token_digest: string
  email: string | null
  found: string
  seen_at: Date
  charge: null
  failure: null
  source: string
  event_id: null
}

const settle = batchStatement<FreeValues, Settlement>(
  'settle_free',
  {
    store_id: 'uuid',
    token_digest: 'text',
    email: 'text',
    found: 'text',
    seen_at: 'timestamptz',
    charge: 'text',
    failure: 'jsonb',
    source: 'text',
    event_id: 'text',
  },
  `target as (
     select g.nr, free.*
     from given g cross join lateral (
       select null::uuid as payment_id, o.id as order_id, false as is_open, null::text as known_charge, o.status,
              o.paid_at, o.amount_refunded, o.amount as order_amount, true as is_newest, null::text as contradiction
       from checkout_sessions cs
       join orders o on o.store_id = cs.store_id and o.id = cs.order_id
       where cs.store_id = g.store_id and cs.token_digest = decode(g.token_digest, 'hex') and cs.expires_at > now()
         and o.amount = 0 and o.status in ('pending', 'failed')
         and (g.email is not null or not exists (${UNNAMED_USE}))
       for update of o
     ) free
   ),
   ${VERDICT},
   attempt as (select g.store_id, t.order_id, g.email from target t join given g on g.nr = t.nr),
   ${nameCustomer('attempt.email')},
   ${applying('true', {
     payment: '',
     order: 'customer_email = coalesce(c.email, o.customer_email),',
     over: 'false',
   })} ${SETTLEMENT}`,
)

/**
 * Settles an order that costs nothing. False when it does, or is over: the page shows the truth on reload. Throws
 * DiscountUsed.
 */
export async function settleFree(
  { db }: Deps,
  session: { store_id: string; digest: Buffer },
  email: string | null,
): Promise<boolean> {
  try {
    const [settlement] = await db.runEach(settle, [
      {
        store_id: session.store_id,
        token_digest: session.digest.toString('hex'),
        email,
        found: 'succeeded',
        seen_at: new Date(),
        charge: null,
        failure: null,
        source: 'shopper',
        event_id: null,
      },
    ])
    return counted(settlement, 'shopper') !== undefined
  } catch (error) {
    if (usedBefore(error)) throw new DiscountUsed()
    throw error
  }
}
