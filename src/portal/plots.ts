import { toDecimal } from '../lib/money.ts'

/** The height of the drawing, and how much of it is for the bars, in CSS pixels. */
const TOP = 8
const BASE = 168

/** One bar: the words for it, and what it is made of, from the bottom up. */
export type Column = { label: string; text: string; parts: { kind: string; value: number }[] }

/**
 * What views/portal/plot.eta draws: bars with an axis of at least three figures, which `say` puts into words. Across
 * everything is a percentage, so that it fits any screen.
 */
export function plotOf(columns: Column[], { least, say }: { least: number; say: (value: number) => string }) {
  const top = roundUp(Math.max(least, ...columns.map(({ parts }) => sumOf(parts))))
  const heightOf = (value: number) => (value / top) * (BASE - TOP)
  const width = 100 / columns.length
  const every = Math.ceil(columns.length / 6)
  return {
    ticks: [0, top / 2, top].map(value => ({ y: BASE - heightOf(value), text: say(value) })),
    columns: columns.map(({ text, parts }, index) => ({
      text,
      x: round(index * width + width * 0.15),
      width: round(width * 0.7),
      parts: stacked(parts, heightOf),
    })),
    labels: columns.flatMap(({ label }, index) =>
      index % every === 0
        ? [{ x: round((index + 0.5) * width), text: label, wide: (index / every) % 2 === 1 }]
        : [],
    ),
  }
}

const sumOf = (parts: Column['parts']): number => parts.reduce((sum, { value }) => sum + value, 0)
const round = (value: number): number => Math.round(value * 100) / 100

/** The parts that can be seen, one upon the other; the smallest is two pixels high. */
function stacked(parts: Column['parts'], heightOf: (value: number) => number) {
  let y = BASE
  return parts
    .filter(({ value }) => value > 0)
    .map(({ kind, value }) => {
      const height = Math.max(2, round(heightOf(value)))
      y = round(y - height)
      return { kind, y, height }
    })
}

/** The next number that reads well and whose half does, too. */
function roundUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  const factor = [1, 2, 4, 6, 8, 10].find(step => step * power >= most) ?? 10
  return factor * power
}

const compact = new Map<string, Intl.NumberFormat>()

/** Money as short as an axis has it: €1.2K. */
export function shortMoney(amount: number, currency: string): string {
  let format = compact.get(currency)
  if (!format) {
    format = new Intl.NumberFormat('en', {
      style: 'currency',
      currency: currency.toUpperCase(),
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: 1,
    })
    compact.set(currency, format)
  }
  return format.format(toDecimal({ amount: Math.round(amount), currency }) as Intl.StringNumericLiteral)
}
