/** What a share is measured by; `rank` decides between equals, so that the order of the parts never does. */
type Weight = { weight: bigint; rank: bigint }

/**
 * Splits `total` in proportion to the weights, in whole units that add up to it exactly: each part gets what it is
 * due rounded down, and what is left over goes, one unit each, to those that lost most by it (largest remainder,
 * Hamilton's method). No part is larger than its weight as long as the total is not larger than their sum.
 */
export function shareOut(total: bigint, weights: readonly Weight[]): bigint[] {
  const sum = weights.reduce((all, { weight }) => all + weight, 0n)
  if (sum === 0n) return weights.map(() => 0n)
  const parts = weights.map(({ weight }) => (total * weight) / sum)
  const left = total - parts.reduce((all, part) => all + part, 0n)
  const lost = weights
    .map(({ weight, rank }, index) => ({ index, remainder: (total * weight) % sum, weight, rank }))
    .sort(
      (a, b) =>
        descending(a.remainder, b.remainder) || descending(a.weight, b.weight) || descending(a.rank, b.rank),
    )
  for (const { index } of lost.slice(0, Number(left))) parts[index]! += 1n
  return parts
}

const descending = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1)

/** A fraction as the nearest whole number, halves up; neither part may be negative. */
export const roundHalfUp = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator) / (2n * denominator)
