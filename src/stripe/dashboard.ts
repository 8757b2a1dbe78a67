import type { Mode } from '../lib/mode.ts'

/** Where Stripe's dashboard shows an object of a kind; it finds the others by its search. */
const PAGES: Readonly<Record<string, string>> = {
  account: 'connect/accounts',
  charge: 'payments',
  coupon: 'coupons',
  credit_note: 'credit_notes',
  customer: 'customers',
  dispute: 'disputes',
  invoice: 'invoices',
  payment_intent: 'payments',
  payout: 'payouts',
  price: 'prices',
  product: 'products',
  promotion_code: 'promotion_codes',
  subscription: 'subscriptions',
  tax_rate: 'tax-rates',
  transfer: 'connect/transfers',
}

/**
 * A page of Stripe's dashboard, in a mode and, for a connected account, in that one. Which account it is else, the
 * session of the dashboard knows.
 */
export const dashboardPage = (path: string, mode: Mode, account = ''): string =>
  `https://dashboard.stripe.com/${account && `${encodeURIComponent(account)}/`}${mode === 'test' ? 'test/' : ''}${path}`

type Shown = { type: string; id: string; mode: Mode; account?: string }

/** An object in Stripe's dashboard. */
export function dashboardUrl({ type, id, mode, account }: Shown): string {
  const path = Object.hasOwn(PAGES, type)
    ? `${PAGES[type]}/${encodeURIComponent(id)}`
    : `search?query=${encodeURIComponent(id)}`
  return dashboardPage(path, mode, account)
}
