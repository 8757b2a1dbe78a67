import { stepOf } from '../lib/money.ts'
import { shareOut } from './shares.ts'

/** A line to split: what is paid for it in all, and how much of that is tax on top of its price. Minor units. */
type SplitLine = {
  vendor_id: string | null
  commission_bps: number | null
  total: number
  tax: number
}

/** What one vendor gets of an order: `commission + amount = gross`, always. Minor units. */
type VendorShare = {
  vendor_id: string
  commission_bps: number
  gross: number
  commission: number
  amount: number
}

/** Who gets what of an order: the vendors' amounts and what the store keeps add up to its total. Minor units. */
export type Split = { platform: number; vendors: VendorShare[] }

const WHOLE = 10_000n

/**
 * Splits an order between the store and its vendors; null when no line is a vendor's. A vendor's part is what is paid
 * for its lines, less the discount on them, with their tax. The commission is counted on that without the tax which
 * comes on top (whoever sells owes it), by largest remainder, in whole steps of the currency; a tie is the vendor's.
 * Everything else is the store's: its own lines, the shipping and the tax on it.
 */
export function split(currency: string, lines: readonly SplitLine[], total: number): Split | null {
  const step = BigInt(stepOf(currency))
  const byVendor = Map.groupBy(
    lines.filter(({ vendor_id }) => vendor_id !== null),
    ({ vendor_id }) => vendor_id!,
  )
  if (byVendor.size === 0) return null
  const vendors = [...byVendor].map(([vendor_id, own]): VendorShare => {
    const gross = sum(own.map(line => line.total))
    const base = gross - sum(own.map(line => line.tax))
    const commission_bps = own[0]!.commission_bps ?? 0
    const bps = BigInt(commission_bps)
    const [kept] = shareOut(BigInt(base) / step, [
      { weight: bps, rank: 0n },
      { weight: WHOLE - bps, rank: 1n },
    ])
    const commission = Number(kept! * step)
    return { vendor_id, commission_bps, gross, commission, amount: gross - commission }
  })
  return { platform: total - sum(vendors.map(({ amount }) => amount)), vendors }
}

/** Who gives back the commission of what is refunded. */
export type CommissionPolicy = 'return' | 'keep'

/** What is left of one vendor's share and of the commission on it. */
export type Remaining = { amount: number; commission: number }

/**
 * Splits a refund over what is left of an order's parts: over the vendors and the store in proportion to what is left
 * of theirs, and there by policy. `return`: vendor and commission in proportion. `keep`: the vendor alone, as long as
 * its share lasts, since it never gives back more than it got. `own` is what the store bears beside its commission.
 * No part is more than what is left, so that many refunds come to the whole exactly. Throws RangeError for more than
 * all parts have left.
 */
export function splitRefund(
  currency: string,
  amount: number,
  policy: CommissionPolicy,
  vendors: readonly Remaining[],
  ownLeft: number,
): { vendors: Remaining[]; own: number } {
  const all = ownLeft + sum(vendors.map(left => left.amount + left.commission))
  if (amount > all) throw new RangeError(`a refund of ${amount} of what is only ${all}`)
  const step = stepOf(currency)
  const weights = [...vendors.map(left => left.amount + left.commission), ownLeft]
  const parts = proportional(amount, weights, step)
  return {
    vendors: vendors.map((left, index) => {
      const part = parts[index]!
      if (policy === 'keep') {
        const given = Math.min(part, left.amount)
        return { amount: given, commission: part - given }
      }
      const [given, commission] = proportional(part, [left.amount, left.commission], step)
      return { amount: given!, commission: commission! }
    }),
    own: parts.at(-1)!,
  }
}

/** Shares out in whole steps of the currency, except where an amount is finer than that already. */
function proportional(amount: number, weights: number[], step: number): number[] {
  const unit = [amount, ...weights].every(value => value % step === 0) ? BigInt(step) : 1n
  const parts = shareOut(
    BigInt(amount) / unit,
    weights.map((weight, index) => ({ weight: BigInt(weight) / unit, rank: BigInt(weights.length - index) })),
  )
  return parts.map(part => Number(part * unit))
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0)
