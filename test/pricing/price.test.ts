import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CURRENCIES, decimalsOf, MAXIMUM_CHARGE, minimumCharge, stepOf } from '../../src/lib/money.ts'
import { type Discount, price, type Tax, type ToPrice } from '../../src/pricing/price.ts'

const tax: fc.Arbitrary<Tax | null> = fc.option(
  fc.record({ rate: fc.integer({ min: 0, max: 1_000_000 }), inclusive: fc.boolean() }),
)

const amountIn = (currency: string, most = MAXIMUM_CHARGE) => {
  const step = stepOf(currency)
  return fc
    .oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: Math.floor(most / step) }))
    .map(steps => steps * step)
}

const orderIn = (currency: string): fc.Arbitrary<ToPrice> =>
  fc.record({
    currency: fc.constant(currency),
    lines: fc.array(fc.record({ amount: amountIn(currency, 1_000_000_000_000), tax }), {
      minLength: 1,
      maxLength: 12,
    }),
    discount: fc.option(
      fc.oneof(
        fc.integer({ min: 0, max: 10_000 }).map((basis_points): Discount => ({ basis_points })),
        amountIn(currency).map((amount): Discount => ({ amount })),
      ),
    ),
    shipping: fc.option(
      fc.record({ amount: amountIn(currency), free_from: fc.option(amountIn(currency)), tax }),
    ),
  })

const order = fc.constantFrom(...CURRENCIES).chain(orderIn)

const sum = (numbers: number[]) => numbers.reduce((all, number) => all + number, 0)
const RUNS = { numRuns: 2_000 }

describe('whatever is bought, in whatever currency', () => {
  test.each(CURRENCIES)(
    '%s: lines − discount + shipping + tax = total, on the step, none negative',
    currency => {
      fc.assert(
        fc.property(orderIn(currency), input => {
          const { lines, totals } = price(input)
          expect(totals.subtotal).toBe(sum(input.lines.map(({ amount }) => amount)))
          expect(totals.subtotal - totals.discount + totals.shipping + totals.tax).toBe(totals.total)
          expect(sum(lines.map(({ discount }) => discount))).toBe(totals.discount)
          const everything = [...Object.values(totals), ...lines.flatMap(line => Object.values(line))]
          for (const amount of everything) {
            expect(Number.isSafeInteger(amount) && amount >= 0 && amount % stepOf(currency) === 0).toBe(true)
          }
        }),
        { numRuns: 60 },
      )
    },
  )

  test('the lines and the shipping are all there is to the total', () => {
    fc.assert(
      fc.property(order, input => {
        const { lines, totals } = price(input)
        const bare = price({ ...input, shipping: null })
        expect(sum(bare.lines.map(({ total }) => total))).toBe(bare.totals.total)
        expect(bare.lines).toEqual(lines)
        expect(totals.total - bare.totals.total).toBe(totals.shipping + totals.tax - bare.totals.tax)
      }),
      RUNS,
    )
  })

  test('no line is discounted by more than it costs, and the discount is never more than the subtotal', () => {
    fc.assert(
      fc.property(order, input => {
        const { lines, totals } = price(input)
        expect(totals.discount).toBeLessThanOrEqual(totals.subtotal)
        lines.forEach(({ discount }, index) => {
          expect(discount).toBeLessThanOrEqual(input.lines[index]!.amount)
        })
      }),
      RUNS,
    )
  })

  test('tax that prices contain changes no total', () => {
    const inclusive = (terms: Tax | null) => terms && { ...terms, inclusive: true }
    fc.assert(
      fc.property(order, input => {
        const taxed = price({
          ...input,
          lines: input.lines.map(line => ({ ...line, tax: inclusive(line.tax) })),
          shipping: input.shipping && { ...input.shipping, tax: inclusive(input.shipping.tax) },
        })
        const untaxed = price({
          ...input,
          lines: input.lines.map(line => ({ ...line, tax: null })),
          shipping: input.shipping && { ...input.shipping, tax: null },
        })
        expect({ ...taxed.totals, tax_included: 0 }).toEqual(untaxed.totals)
        expect(taxed.totals.tax_included).toBeLessThanOrEqual(taxed.totals.total)
      }),
      RUNS,
    )
  })

  test('the order of the lines changes no sum', () => {
    const shuffled = order.chain(input =>
      fc.tuple(
        fc.constant(input),
        fc.shuffledSubarray([...input.lines], {
          minLength: input.lines.length,
          maxLength: input.lines.length,
        }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([input, lines]) => {
        expect(price({ ...input, lines }).totals).toEqual(price(input).totals)
      }),
      RUNS,
    )
  })

  test('a larger part off never makes it dearer', () => {
    fc.assert(
      fc.property(order, fc.nat(10_000), fc.nat(10_000), (input, one, other) => {
        const at = (basis_points: number) =>
          price({ ...input, discount: { basis_points }, shipping: null }).totals.discount
        expect(at(Math.max(one, other))).toBeGreaterThanOrEqual(at(Math.min(one, other)))
      }),
      RUNS,
    )
  })
})

describe('worked examples', () => {
  const of = (more: Partial<ToPrice>) =>
    price({ currency: 'eur', lines: [], discount: null, shipping: null, ...more })
  const line = (amount: number, rate?: number, inclusive = false) => ({
    amount,
    tax: rate === undefined ? null : { rate, inclusive },
  })

  test('a third each: the cent that is left goes to one of the lines', () => {
    const { lines, totals } = of({ lines: [line(1000), line(1000), line(1000)], discount: { amount: 1000 } })
    expect(lines.map(({ discount }) => discount).sort()).toEqual([333, 333, 334])
    expect(totals.total).toBe(2000)
  })

  test('half a cent goes up, in a discount and in a tax', () => {
    expect(of({ lines: [line(1)], discount: { basis_points: 5_000 } }).totals.discount).toBe(1)
    expect(of({ lines: [line(50, 10_000)] }).totals.tax).toBe(1)
    expect(of({ lines: [line(49, 10_000)] }).totals.tax).toBe(0)
  })

  test('19 % in the price of 119.00 are 19.00; on top of 100.00 too', () => {
    expect(of({ lines: [line(11_900, 190_000, true)] }).totals).toMatchObject({
      tax: 0,
      tax_included: 1900,
      total: 11_900,
    })
    expect(of({ lines: [line(10_000, 190_000)] }).totals).toMatchObject({
      tax: 1900,
      tax_included: 0,
      total: 11_900,
    })
  })

  test('New York’s 8.875 % is counted for each line, on what is left after the discount', () => {
    const { totals } = of({
      currency: 'usd',
      lines: [line(1999, 88_750), line(501, 88_750)],
      discount: { basis_points: 1_000 },
    })
    // 250 off: 200 and 50; 8.875 % of 1799 is 159.66, of 451 is 40.03.
    expect(totals).toEqual({
      subtotal: 2500,
      discount: 250,
      shipping: 0,
      tax: 200,
      tax_included: 0,
      total: 2450,
    })
  })

  test('shipping is free from a subtotal after the discount, and taxed when it is not', () => {
    const shipping = { amount: 490, free_from: 5000, tax: { rate: 200_000, inclusive: false } }
    expect(of({ lines: [line(5000)], shipping }).totals).toMatchObject({ shipping: 0, tax: 0, total: 5000 })
    const less = of({ lines: [line(5000)], discount: { amount: 1 }, shipping })
    expect(less.totals).toMatchObject({ shipping: 490, tax: 98, total: 5587 })
  })

  test.each([
    ['isk', 12_300, { rate: 240_000, inclusive: false }, 3_000], // 2 952 is no whole króna
    ['kwd', 12_340, { rate: 50_000, inclusive: false }, 620], // 617 does not end in 0
    ['jpy', 123, { rate: 100_000, inclusive: false }, 12],
  ] as const)('%s: a tax stays on the step', (currency, amount, terms, expected) => {
    expect(of({ currency, lines: [{ amount, tax: terms }] }).totals.tax).toBe(expected)
  })

  test.each([
    ['eur', -1],
    ['eur', 1.5],
    ['eur', Number.NaN],
    ['isk', 150],
    ['kwd', 15],
  ])('%s %d is no amount', (currency, amount) => {
    expect(() => of({ currency, lines: [line(amount)] })).toThrow(RangeError)
  })
})

describe('the limits of each currency', () => {
  test.each(CURRENCIES)('%s: the least and the most can be reached in its steps', currency => {
    const step = stepOf(currency)
    const least = minimumCharge(currency)
    expect([least > 0, least < MAXIMUM_CHARGE, 10 ** decimalsOf(currency) % step]).toEqual([true, true, 0])
    const reachable = Math.ceil(least / step) * step
    expect(
      price({ currency, lines: [{ amount: reachable, tax: null }], discount: null, shipping: null }).totals
        .total,
    ).toBe(reachable)
  })
})
