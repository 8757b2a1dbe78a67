import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stepOf } from '../../src/lib/money.ts'
import { price } from '../../src/pricing/price.ts'
import { type Remaining, type Split, split, splitRefund } from '../../src/pricing/split.ts'

/** How many random orders are tried: SPLIT_RUNS=1000000 is the long form. */
const RUNS = Number(process.env.SPLIT_RUNS ?? 3_000)

const line = (vendor_id: string | null, total: number, commission_bps: number | null = 1_000, tax = 0) => ({
  vendor_id,
  commission_bps: vendor_id === null ? null : commission_bps,
  total,
  tax,
})

describe('a split', () => {
  test('of an order without vendors is none', () => {
    expect(split('eur', [line(null, 4_890)], 4_890)).toBeNull()
  })

  test('gives a vendor its lines less the commission, and the store all the rest, shipping too', () => {
    const parts = split('eur', [line('boats', 10_000), line(null, 500)], 11_000)
    const boats = {
      vendor_id: 'boats',
      commission_bps: 1_000,
      gross: 10_000,
      commission: 1_000,
      amount: 9_000,
    }
    expect(parts).toEqual({ platform: 2_000, vendors: [boats] })
  })

  test('counts no commission on the tax that comes on top of a price', () => {
    expect(split('eur', [line('boats', 11_900, 1_000, 1_900)], 11_900)!.vendors[0]).toMatchObject({
      gross: 11_900,
      commission: 1_000,
      amount: 10_900,
    })
  })

  test('sums up the lines of a vendor before it counts the commission', () => {
    const lines = [line('boats', 5), line('boats', 5)]
    expect(split('eur', lines, 10)!.vendors[0]).toMatchObject({ gross: 10, commission: 1, amount: 9 })
  })

  test.each([
    [0, 0, 999],
    [10_000, 999, 0],
    [1, 0, 999],
    [5_000, 499, 500],
  ])('at %i basis points of 9.99 keeps %i and gives %i', (bps, commission, amount) => {
    expect(split('eur', [line('a', 999, bps)], 999)!.vendors[0]).toMatchObject({ commission, amount })
  })
})

describe('a refund', () => {
  const left = [{ amount: 9_000, commission: 1_000 }]

  test('takes the commission back with the share, or leaves it to the store', () => {
    expect(splitRefund('eur', 5_000, 'return', left, 0).vendors).toEqual([{ amount: 4_500, commission: 500 }])
    expect(splitRefund('eur', 5_000, 'keep', left, 0).vendors).toEqual([{ amount: 5_000, commission: 0 }])
  })

  test('never takes more from a vendor than it got: of a full one the commission bears the rest', () => {
    expect(splitRefund('eur', 10_000, 'keep', left, 0).vendors).toEqual([
      { amount: 9_000, commission: 1_000 },
    ])
  })

  test('is borne by the store too, for what it sold itself', () => {
    const parts = splitRefund('eur', 1_500, 'keep', left, 5_000)
    expect(parts).toEqual({ vendors: [{ amount: 1_000, commission: 0 }], own: 500 })
  })

  test('of more than is left is refused', () => {
    expect(() => splitRefund('eur', 10_001, 'return', left, 0)).toThrow(RangeError)
  })
})

const currencies = fc.constantFrom('eur', 'usd', 'jpy', 'isk', 'kwd', 'bhd')
const tax = fc.option(fc.record({ rate: fc.integer({ min: 0, max: 1_000_000 }), inclusive: fc.boolean() }))
const carts = fc.record({
  currency: currencies,
  lines: fc.array(
    fc.record({ steps: fc.nat(999_999), tax, vendor: fc.constantFrom(null, 'a', 'b', 'c', 'd') }),
    { minLength: 1, maxLength: 8 },
  ),
  rates: fc.record({ a: bps(), b: bps(), c: bps(), d: bps() }),
  discount: fc.option(fc.record({ basis_points: fc.nat(10_000) })),
  shipping: fc.option(fc.record({ steps: fc.nat(5_000), tax })),
  refunds: fc.array(
    fc.record({ part: fc.nat(1_000), policy: fc.constantFrom('return' as const, 'keep' as const) }),
    { maxLength: 8 },
  ),
})

function bps() {
  return fc.oneof(fc.nat(10_000), fc.constantFrom(0, 1, 9_999, 10_000))
}

const sum = (values: number[]) => values.reduce((all, value) => all + value, 0)
const good = (value: number, step: number) => Number.isSafeInteger(value) && value >= 0 && value % step === 0

test('the parts of any order add up, none is negative, and refunds come to the whole exactly', () => {
  fc.assert(
    fc.property(carts, ({ currency, lines, rates, discount, shipping, refunds }) => {
      const step = stepOf(currency)
      const { lines: priced, totals } = price({
        currency,
        lines: lines.map(({ steps, tax }) => ({ amount: steps * step, tax })),
        discount,
        shipping: shipping && { amount: shipping.steps * step, free_from: null, tax: shipping.tax },
      })
      const given = priced.map((one, index) => {
        const { vendor, tax } = lines[index]!
        return line(vendor, one.total, vendor && rates[vendor], tax?.inclusive === false ? one.tax : 0)
      })
      const parts = split(currency, given, totals.total)
      if (!parts) return lines.every(({ vendor }) => vendor === null)
      return addsUp(parts, totals.total, step) && givesBack(parts, totals.total, refunds, currency)
    }),
    { numRuns: RUNS },
  )
}, 3_600_000)

function addsUp({ platform, vendors }: Split, total: number, step: number): boolean {
  return (
    platform + sum(vendors.map(({ amount }) => amount)) === total &&
    good(platform, step) &&
    vendors.every(
      ({ gross, commission, amount }) =>
        commission + amount === gross && good(commission, step) && good(amount, step),
    )
  )
}

/** Refunds parts of what is left, one after the other, and then the rest. */
function givesBack(
  { platform, vendors }: Split,
  total: number,
  refunds: { part: number; policy: 'return' | 'keep' }[],
  currency: string,
): boolean {
  const step = stepOf(currency)
  let left: Remaining[] = vendors.map(({ amount, commission }) => ({ amount, commission }))
  let own = platform - sum(vendors.map(({ commission }) => commission))
  let rest = total
  for (const { part, policy } of [...refunds, { part: 1_000, policy: 'keep' as const }]) {
    const amount = Math.floor((rest * part) / 1_000 / step) * step
    const taken = splitRefund(currency, amount, policy, left, own)
    const pieces = taken.vendors.flatMap(one => [one.amount, one.commission])
    if (sum(pieces) + taken.own !== amount || ![...pieces, taken.own].every(piece => good(piece, step))) {
      return false
    }
    left = left.map((one, index) => ({
      amount: one.amount - taken.vendors[index]!.amount,
      commission: one.commission - taken.vendors[index]!.commission,
    }))
    own -= taken.own
    rest -= amount
    if ([own, ...left.flatMap(one => [one.amount, one.commission])].some(value => value < 0)) return false
  }
  return rest === 0 && own === 0 && left.every(one => one.amount === 0 && one.commission === 0)
}
