import type { Actor } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import { parsePercentage } from '../pricing/percentage.ts'
import type { Store } from '../stores/table.ts'
import { readAmount } from './catalog.ts'
import type { StoredDiscount } from './table.ts'
import { termsOf } from './terms.ts'
import type { DiscountInput } from './terms-schemas.ts'

export const discounts = termsOf('discounts', 'discount')

/** Creates or replaces a discount code. Throws BadInput for amounts finer than the store's currency. */
export function saveDiscount(
  db: Database,
  store: Store,
  code: string,
  { percentage, amount, minimum, max_redemptions, starts_at, ends_at, ...rest }: DiscountInput,
  actor: Actor,
): Promise<StoredDiscount> {
  const { currency } = store
  const row = {
    ...rest,
    basis_points: percentage === undefined ? null : parsePercentage(percentage, 2)!,
    amount: amount === undefined ? null : readAmount(amount, currency, '/amount'),
    currency,
    minimum: minimum == null ? null : readAmount(minimum, currency, '/minimum'),
    max_redemptions: max_redemptions ?? null,
    starts_at: starts_at ?? null,
    ends_at: ends_at ?? null,
  }
  return discounts.save(db, store, code, row, actor)
}
