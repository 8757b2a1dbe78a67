import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { readStoreToken } from '../lib/ids.ts'
import { BadInput } from '../lib/problem.ts'
import { endOrder, endSession } from './end.ts'
import type { OpenedSession } from './insert.ts'
import { applyDiscount, chooseShipping, type ShippingChoice } from './reprice.ts'
import type { Ui } from './table.ts'

/** What else a partner knows of the price. */
type Ahead = {
  ui: Ui
  shipping?: ShippingChoice | undefined
  discount_code?: string | undefined
  customer_email?: string | undefined
}

/**
 * Prices a checkout that was just opened, as its shopper does on our page. Throws what `applyDiscount` and
 * `chooseShipping` throw, and BadInput for a code that is for once each when nobody says for whom; then the checkout is
 * cancelled and holds nothing.
 */
export async function priceAhead(deps: Deps, opened: OpenedSession, ahead: Ahead): Promise<void> {
  const key = readStoreToken(opened.url.split('/').at(-1)!)!
  const { shipping, discount_code } = ahead
  try {
    if (shipping) await chooseShipping(deps, key, shipping)
    if (discount_code) await applyDiscount(deps, key, discount_code)
    if (discount_code && (await lacksName(deps.db, key.store_id, opened, ahead))) {
      throw new BadInput({
        errors: [{ pointer: '/customer_email', detail: 'is needed for the discount code' }],
      })
    }
  } catch (error) {
    const place = { store_id: key.store_id, order_id: opened.order_id }
    await endOrder(deps.db, place, 'cancelled', 'partner')
    await endSession(deps.db, place)
    throw error
  }
}

// Our own page asks for the address; Stripe's asks too, but tells us when it is paid.
async function lacksName(
  db: Database,
  storeId: string,
  { order_id }: OpenedSession,
  { ui, customer_email }: Ahead,
) {
  if (ui === 'hosted' || customer_email) return false
  const use = await db
    .selectFrom('redemptions')
    .select('once')
    .where('store_id', '=', storeId)
    .where('order_id', '=', order_id)
    .executeTakeFirst()
  return use?.once === true
}
