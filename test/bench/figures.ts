/** One line of the table: what was measured, beside what, and what it should be. */
export type Figure = {
  title: string
  ours: string
  baseline: string
  value: number
  unit: '×' | 'ms' | 's' | 'MB' | 'KB' | ''
  goal?: { atLeast: number } | { atMost: number } | undefined
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * The ratio of two things measured in turn: of each round by itself, then the median, so that a machine that is
 * busy for a while slows down both sides of the same ratio.
 */
export const medianRatio = (ours: number[], baseline: number[]): number =>
  median(ours.map((value, round) => value / baseline[round]!))

export function fallsShort({ goal, value }: Figure): boolean {
  if (!goal) return false
  return 'atLeast' in goal ? value < goal.atLeast : value > goal.atMost
}

export const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en')}/s`

export const ms = (milliseconds: number): string =>
  `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`

const shown = ({ value, unit }: Figure): string =>
  unit === '×'
    ? `${value.toFixed(2)} ×`
    : `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`.trim()

function goalOf({ goal, unit }: Figure): string {
  if (!goal) return ''
  return 'atLeast' in goal ? `≥ ${goal.atLeast} ${unit}`.trim() : `≤ ${goal.atMost} ${unit}`.trim()
}

const verdict = (figure: Figure): string =>
  figure.goal ? (fallsShort(figure) ? 'falls short' : 'reached') : ''

const HEADINGS = ['row', 'Owntill', 'baseline', 'result', 'goal', '']

const cells = (figure: Figure): string[] => [
  figure.title,
  figure.ours,
  figure.baseline,
  shown(figure),
  goalOf(figure),
  verdict(figure),
]

/** The table as Markdown. */
export function markdown(figures: Figure[]): string {
  const line = (row: string[]) => `| ${row.join(' | ')} |`
  return [line(HEADINGS), line(HEADINGS.map(() => '---')), ...figures.map(cells).map(line)].join('\n')
}

/** The table for a terminal. */
export function plain(figures: Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
