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

/** The object in Stripe's dashboard, in its own mode and, for a connected account, in that account. */
export function dashboardUrl({
  type,
  id,
  mode,
  account,
}: {
  type: string
  id: string
  mode: Mode
  account: string
}) {
  const path = Object.hasOwn(PAGES, type)
    ? `${PAGES[type]}/${encodeURIComponent(id)}`
    : `search?query=${encodeURIComponent(id)}`
  const where = `${account ? `${encodeURIComponent(account)}/` : ''}${mode === 'test' ? 'test/' : ''}`
  return `https://dashboard.stripe.com/${where}${path}`
}
