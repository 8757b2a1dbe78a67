import type Stripe from 'stripe'
import { type Books, collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'

export const BalanceTransactions = collection<Stripe.BalanceTransaction>({
  url: '/v1/balance_transactions',
  noun: 'balance transaction',
  prefix: 'txn_',
})

/** What moves an account's balance. Amounts in minor units; money that leaves is negative. */
interface Movement {
  type: Stripe.BalanceTransaction.Type
  reporting_category?: string
  amount: number
  currency: string
  source: string | null
  description?: string | null
  fee_details?: Stripe.BalanceTransaction.FeeDetail[]
  /** At once rather than in two days. */
  available?: boolean
}

/** Writes a balance transaction down. */
export function move(books: Books, movement: Movement): Stripe.BalanceTransaction {
  const { fee_details = [], available = false, amount } = movement
  const fee = fee_details.reduce((sum, detail) => sum + detail.amount, 0)
  const created = now()
  return books.of(BalanceTransactions).put({
    id: newId('txn_3'),
    object: 'balance_transaction',
    amount,
    available_on: available ? created : created + 2 * 24 * 3600,
    balance_type: 'payments',
    created,
    currency: movement.currency,
    description: movement.description ?? null,
    exchange_rate: null,
    fee,
    fee_details,
    net: amount - fee,
    reporting_category: movement.reporting_category ?? movement.type,
    source: movement.source,
    status: available ? 'available' : 'pending',
    type: movement.type,
  })
}

/** Stripe's price for a charge: 2.9 % and 30 minor units. */
export const stripeFee = (amount: number, currency: string): Stripe.BalanceTransaction.FeeDetail => ({
  amount: Math.round((amount * 29) / 1000) + 30,
  application: null,
  currency,
  description: 'Stripe processing fees',
  type: 'stripe_fee',
})

/** What the account owns, per currency: the sum of its balance transactions. */
export function balanceOf(books: Books): Stripe.Balance {
  const sums = { available: new Map<string, number>(), pending: new Map<string, number>() }
  for (const { available_on, currency, net } of books.of(BalanceTransactions).newest()) {
    const part = available_on <= now() ? sums.available : sums.pending
    part.set(currency, (part.get(currency) ?? 0) + net)
  }
  const rows = (part: Map<string, number>) => {
    const currencies = new Set([...sums.available.keys(), ...sums.pending.keys()])
    if (currencies.size === 0) currencies.add('usd')
    return [...currencies].map(currency => {
      const amount = part.get(currency) ?? 0
      return { amount, currency, source_types: { card: amount } }
    })
  }
  return {
    object: 'balance',
    available: rows(sums.available),
    livemode: books.livemode,
    pending: rows(sums.pending),
  }
}
