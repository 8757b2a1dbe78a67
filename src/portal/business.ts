import { z } from 'zod'
import type { Database } from '../db/database.ts'
import { formatMoney } from '../lib/money.ts'
import { declinesOf, type Figure, figuresOf, type Step } from '../orders/figures.ts'
import type { Store } from '../stores/table.ts'
import { type Column, plotOf, shortMoney } from './plots.ts'
import { labelOf, nameOf, stepsUntil } from './steps.ts'
import { words } from './words.ts'

export const BusinessQuery = z.object({
  by: z.enum(['day', 'week', 'month']).catch('day'),
  mode: z.enum(['test', 'live']).optional().catch(undefined),
  currency: z.string().max(3).optional().catch(undefined),
})

/** How many steps are shown of each, and what that time is called. */
const SPANS = {
  day: [30, 'the last 30 days'],
  week: [12, 'the last 12 weeks'],
  month: [12, 'the last 12 months'],
} as const satisfies Record<Step, [number, string]>

/** How the business goes: sums, plots of each step of time, and why payments were declined. */
export async function businessOf(db: Database, store: Store, asked: z.output<typeof BusinessQuery>) {
  const { by, mode = store.mode } = asked
  const [many, span] = SPANS[by]
  const steps = stepsUntil(new Date(), by, many)
  const since = new Date(`${steps[0]}T00:00:00Z`)
  const [figures, declines] = await Promise.all([
    figuresOf(db, store, { mode, step: by, since }),
    declinesOf(db, store, { mode, since }),
  ])
  const currencies = [...new Set(figures.map(({ currency }) => currency))].sort()
  const wanted = [asked.currency, store.currency, currencies[0]].find(one => one && currencies.includes(one))
  const currency = wanted ?? store.currency
  const own = steps.map(
    step => figures.find(one => one.step === step && one.currency === currency) ?? nothing(step),
  )
  const sum = (name: Exclude<keyof Figure, 'step' | 'currency'>) =>
    own.reduce((all, one) => all + one[name], 0)
  const money = (amount: number) => formatMoney({ amount, currency }, 'en')
  const declined = declines.filter(one => one.currency === currency)
  const most = Math.max(...declined.map(({ times }) => times), 1)
  return {
    span,
    mode,
    choices: {
      by: (['day', 'week', 'month'] as const).map(one => choice(asked, { by: one }, ALSO[one], one === by)),
      mode: (['live', 'test'] as const).map(one => choice(asked, { mode: one }, ALSO[one], one === mode)),
      currency:
        currencies.length > 1
          ? currencies.map(one => choice(asked, { currency: one }, one.toUpperCase(), one === currency))
          : [],
    },
    any: sum('opened') + sum('orders') > 0,
    sums: {
      net: money(sum('gross') - sum('refunded')),
      gross: money(sum('gross')),
      refunded: money(sum('refunded')),
      orders: sum('orders'),
      opened: sum('opened'),
      conversion: percent(sum('converted'), sum('opened')),
    },
    income: plotOf(
      own.map(one => incomeColumn(one, by, money)),
      {
        least: 100,
        say: amount => shortMoney(amount, currency),
      },
    ),
    orders: plotOf(
      own.map(one => column(one, by, one.orders, `${one.orders} paid`)),
      { least: 2, say: String },
    ),
    conversion: plotOf(
      own.map(one => {
        const share = percent(one.converted, one.opened)
        const text = `${share}: ${one.converted} of ${one.opened}`
        return column(one, by, one.opened > 0 ? (one.converted / one.opened) * 100 : 0, text)
      }),
      { least: 100, say: value => `${value} %` },
    ),
    rows: own.map(one => [
      nameOf(one.step, by),
      money(one.gross),
      money(one.refunded),
      money(one.gross - one.refunded),
      String(one.orders),
      String(one.opened),
      percent(one.converted, one.opened),
    ]),
    declines: declined.slice(0, 8).map(({ code, times }) => ({
      reason: code ? words(code) : 'no reason given',
      times,
      share: Math.round((times / most) * 100),
    })),
    declined: declined.reduce((all, { times }) => all + times, 0),
  }
}

const ALSO = { day: 'By day', week: 'By week', month: 'By month', live: 'Live', test: 'Test' }

type Asked = z.output<typeof BusinessQuery>

function choice(asked: Asked, change: Partial<Asked>, text: string, current: boolean) {
  const entries = Object.entries({ ...asked, ...change }).filter(([, value]) => value)
  return { text, current, query: `?${new URLSearchParams(entries as [string, string][])}` }
}

const nothing = (step: string): Figure => ({
  step,
  currency: '',
  orders: 0,
  gross: 0,
  refunded: 0,
  opened: 0,
  converted: 0,
})

const percent = (part: number, whole: number): string =>
  whole > 0 ? `${Math.round((part / whole) * 100)} %` : '–'

const column = ({ step }: Figure, by: Step, value: number, text: string): Column => ({
  label: labelOf(step, by),
  text: `${nameOf(step, by)}: ${text}`,
  parts: [{ kind: 'main', value }],
})

const incomeColumn = (
  { step, gross, refunded }: Figure,
  by: Step,
  money: (amount: number) => string,
): Column => ({
  label: labelOf(step, by),
  text: `${nameOf(step, by)}: ${money(gross - refunded)}${refunded > 0 ? `, ${money(refunded)} refunded` : ''}`,
  parts: [
    { kind: 'main', value: gross - refunded },
    { kind: 'back', value: refunded },
  ],
})
