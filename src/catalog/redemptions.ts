import { sql, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { isViolation } from '../db/violation.ts'
import { problem } from '../lib/problem.ts'
import type { Discount } from '../pricing/price.ts'

// One title for unknown, inactive, too early and foreign codes: guessing learns nothing.
export const DiscountUnknown = problem('discount-unknown', 422, 'This code is not valid')
export const DiscountOver = problem('discount-over', 422, 'This code has expired')
export const DiscountUsedUp = problem('discount-used-up', 409, 'This code has been used up')
export const DiscountUsed = problem(
  'discount-used',
  409,
  'This code was already used with this e-mail address',
)
export const DiscountNeedsMore = problem('discount-needs-more', 422, 'This code needs a larger order')

/** All that may be wrong with a code. */
export const DISCOUNT_PROBLEMS = [
  DiscountUnknown,
  DiscountOver,
  DiscountNeedsMore,
  DiscountUsed,
  DiscountUsedUp,
] as const

/** A discount as an order keeps it: later changes of the code do not reach it. */
export type FrozenDiscount = { code: string; terms: Discount }

type Redeeming = {
  store_id: string
  order_id: string
  currency: string
  subtotal: number
  /** The e-mail address, as soon as it is known. */
  customer: string | null
}

/**
 * Holds one use of a code for an order, in place of what the order held before: counted in the row of the code, so
 * that however many orders ask at once, no more get it than there are. Throws DiscountUnknown, DiscountOver,
 * DiscountUsedUp, DiscountUsed and DiscountNeedsMore; then the transaction must not be committed.
 */
export async function redeem(
  trx: Transaction<Tables>,
  order: Redeeming,
  code: string,
): Promise<FrozenDiscount> {
  await lockCodes(trx, order, code)
  await giveBack(trx, order)
  const discount = await trx
    .updateTable('discounts')
    .set({ redeemed: sql`redeemed + 1` })
    .where('store_id', '=', order.store_id)
    .where('id', '=', code)
    .where('active', '=', true)
    .where('currency', '=', order.currency)
    .where(sql<boolean>`coalesce(starts_at <= now(), true)`)
    .where(sql<boolean>`coalesce(ends_at > now(), true)`)
    .where(sql<boolean>`coalesce(redeemed < max_redemptions, true)`)
    .where(sql<boolean>`coalesce(minimum <= ${order.subtotal}, true)`)
    .returningAll()
    .executeTakeFirst()
  if (!discount) throw await refusal(trx, order, code)

  const customer = order.customer?.toLowerCase() ?? null
  const once = discount.once_per_customer
  if (once && customer && (await hasUsed(trx, order.store_id, code, customer))) throw new DiscountUsed()
  const use = { code, once, customer, state: 'held' } as const
  try {
    await trx
      .insertInto('redemptions')
      .values({ store_id: order.store_id, order_id: order.order_id, ...use })
      .onConflict(conflict => conflict.columns(['store_id', 'order_id']).doUpdateSet(use))
      .execute()
  } catch (error) {
    if (isViolation(error, USED_ONCE)) throw new DiscountUsed()
    throw error
  }
  const { basis_points, amount } = discount
  return { code, terms: basis_points === null ? { amount: amount! } : { basis_points } }
}

// The code that goes and the code that comes, in one order: two orders that swap them never wait for each other.
async function lockCodes(
  trx: Transaction<Tables>,
  { store_id, order_id }: Redeeming,
  code: string,
): Promise<void> {
  await trx
    .selectFrom('discounts')
    .select('id')
    .where('store_id', '=', store_id)
    .where(eb =>
      eb.or([
        eb('id', '=', code),
        eb(
          'id',
          '=',
          eb
            .selectFrom('redemptions')
            .select('code')
            .where('store_id', '=', store_id)
            .where('order_id', '=', order_id)
            .where('state', '=', 'held'),
        ),
      ]),
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Gives back the use of a code that an open order holds, if it holds one. */
export async function giveBack(
  trx: Transaction<Tables>,
  { store_id, order_id }: Pick<Redeeming, 'store_id' | 'order_id'>,
): Promise<void> {
  const held = await trx
    .updateTable('redemptions')
    .set({ state: 'released' })
    .where('store_id', '=', store_id)
    .where('order_id', '=', order_id)
    .where('state', '=', 'held')
    .returning('code')
    .executeTakeFirst()
  if (!held) return
  await trx
    .updateTable('discounts')
    .set({ redeemed: sql`greatest(redeemed - 1, 0)` })
    .where('store_id', '=', store_id)
    .where('id', '=', held.code)
    .execute()
}

const hasUsed = async (trx: Transaction<Tables>, storeId: string, code: string, customer: string) =>
  (await trx
    .selectFrom('redemptions')
    .select('order_id')
    .where('store_id', '=', storeId)
    .where('code', '=', code)
    .where('customer', '=', customer)
    .where('state', '!=', 'released')
    .executeTakeFirst()) !== undefined

async function refusal(trx: Transaction<Tables>, order: Redeeming, code: string) {
  const found = await trx
    .selectFrom('discounts')
    .select(['minimum', sql<boolean>`ends_at <= now()`.as('over')])
    .select(sql<boolean>`coalesce(minimum > ${order.subtotal}, false)`.as('small'))
    .where('store_id', '=', order.store_id)
    .where('id', '=', code)
    .where('active', '=', true)
    .where('currency', '=', order.currency)
    .where(sql<boolean>`coalesce(starts_at <= now(), true)`)
    .executeTakeFirst()
  if (!found) return new DiscountUnknown()
  if (found.over) return new DiscountOver()
  return found.small ? new DiscountNeedsMore() : new DiscountUsedUp()
}

/** The index that lets a customer use a code once. */
const USED_ONCE = 'redemptions_once'

/** Whether the database refused an e-mail address because it has used the order's code before. */
export const usedBefore = (error: unknown): boolean => isViolation(error, USED_ONCE)

/**
 * A part of the statement that pays an order (`attempt` has store_id and order_id, `email` is SQL for what is known, or
 * null): says whose use of a code it is. Breaks, as `usedBefore` tells, when that was used before.
 */
export const nameCustomer = (email: string) => `
  customer as (
    update redemptions r set customer = lower(${email})
    from attempt
    where r.store_id = attempt.store_id and r.order_id = attempt.order_id and r.state = 'held'
      and r.customer is distinct from lower(${email}) and ${email} is not null
  )`

/** Finds a use of a code that is once for each customer, by an order `o` whose customer is not known. */
export const UNNAMED_USE = `
  select from redemptions r
  where r.store_id = o.store_id and r.order_id = o.id and r.state = 'held' and r.once and r.customer is null`
