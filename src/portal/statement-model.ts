import { type Cell, MARK, rowOf } from '../lib/csv.ts'
import { formatMoney, toDecimal } from '../lib/money.ts'
import type { Statement } from '../marketplace/statement-schemas.ts'
import { words } from './words.ts'

const STRIPE = {
  agrees: { text: 'Agrees with Stripe', tone: 'good' },
  differs: { text: 'Differs from Stripe', tone: 'bad' },
  unknown: { text: 'Not seen at Stripe yet', tone: 'note' },
  by_hand: { text: 'By hand', tone: 'note', icon: 'bank' },
} as const

const nameOf = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })

/** The month that is now, by UTC. */
export const thisMonth = (): string => new Date().toISOString().slice(0, 7)

/** A statement as its page shows it. */
export function statementModel(statement: Statement) {
  const money = (amount: number) => formatMoney({ amount, currency: statement.currency }, 'en')
  const { totals, month } = statement
  const first = new Date(`${month}-01T00:00:00Z`)
  const other = (step: number) =>
    new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + step)).toISOString().slice(0, 7)
  const next = other(1)
  return {
    month,
    month_name: nameOf.format(first),
    previous: other(-1),
    next: next <= thisMonth() ? next : undefined,
    reconciled: statement.reconciled,
    entries: statement.entries.map(entry => ({
      at: entry.at.toISOString(),
      code: entry.confirmation_code,
      refund: entry.kind === 'refund',
      gross: money(entry.gross),
      commission: money(entry.commission),
      amount: money(entry.amount),
      badge: STRIPE[entry.stripe],
    })),
    disputes: statement.disputes.map(({ confirmation_code, amount, status, opened_at }) => ({
      code: confirmation_code,
      amount: money(amount),
      status: words(status),
      at: opened_at.toISOString(),
    })),
    totals: [
      ['Sales', money(totals.sales)],
      ['Refunds', money(-totals.refunds)],
      ['Commission', money(-totals.commission)],
    ],
    result: money(totals.amount),
    by_hand: totals.by_hand === 0 ? undefined : money(totals.by_hand),
  }
}

/** The same as a file. Amounts are exact decimals of the currency beside them. */
export function statementCsv({ currency, entries }: Statement): string {
  const decimal = (amount: number): Cell => toDecimal({ amount, currency })
  const head = ['at', 'kind', 'confirmation_code', 'order_id', 'reference', 'currency']
  const rows = entries.map(entry => [
    ...[
      entry.at.toISOString(),
      entry.kind,
      entry.confirmation_code,
      entry.order_id,
      entry.reference,
      currency,
    ],
    ...[entry.gross, entry.commission, entry.amount].map(decimal),
    ...[entry.transfer, entry.stripe],
  ])
  return (
    MARK + [[...head, 'gross', 'commission', 'amount', 'transfer', 'stripe'], ...rows].map(rowOf).join('')
  )
}
