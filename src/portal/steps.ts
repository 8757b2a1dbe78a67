import type { Step } from '../orders/figures.ts'

/** The first days (UTC) of the last steps, oldest first, as Postgres cuts time: a week begins on Monday. */
export function stepsUntil(now: Date, by: Step, many: number): string[] {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  const monday = day - ((now.getUTCDay() + 6) % 7)
  return Array.from({ length: many }, (_, index) => {
    const back = many - 1 - index
    const at = { day: [month, day - back], week: [month, monday - 7 * back], month: [month - back, 1] }[by]
    return new Date(Date.UTC(year, at[0]!, at[1])).toISOString().slice(0, 10)
  })
}

const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' })
const monthLabel = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' })

/** What a step is called. */
export function nameOf(step: string, by: Step): string {
  const at = new Date(step)
  return by === 'month' ? monthName.format(at) : `${by === 'week' ? 'Week of ' : ''}${dayName.format(at)}`
}

/** The same as short as an axis has it. */
export const labelOf = (step: string, by: Step): string =>
  (by === 'month' ? monthLabel : dayName).format(new Date(step))
