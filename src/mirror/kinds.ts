/** A kind of object that Stripe lists, by its own name for it. */
export type Kind = {
  type: string
  /** Where it is listed, and under `/id` read. */
  path: string
  /** What people call a number of them. */
  label: string
  /** What is asked for beside the page. */
  query?: Readonly<Record<string, string>>
  /** Stripe's list cannot be narrowed by the time of creation. */
  timeless?: true
}

/** Every kind that a sync asks Stripe for, what others are made of first. */
export const KINDS: readonly Kind[] = [
  { type: 'customer', path: '/v1/customers', label: 'Customers' },
  { type: 'product', path: '/v1/products', label: 'Products' },
  { type: 'price', path: '/v1/prices', label: 'Prices' },
  { type: 'coupon', path: '/v1/coupons', label: 'Coupons' },
  { type: 'promotion_code', path: '/v1/promotion_codes', label: 'Promotion codes' },
  { type: 'tax_rate', path: '/v1/tax_rates', label: 'Tax rates' },
  { type: 'payment_method', path: '/v1/payment_methods', label: 'Payment methods', timeless: true },
  { type: 'payment_intent', path: '/v1/payment_intents', label: 'Payments' },
  { type: 'charge', path: '/v1/charges', label: 'Charges' },
  { type: 'refund', path: '/v1/refunds', label: 'Refunds' },
  { type: 'dispute', path: '/v1/disputes', label: 'Disputes' },
  { type: 'checkout.session', path: '/v1/checkout/sessions', label: 'Checkout sessions' },
  { type: 'setup_intent', path: '/v1/setup_intents', label: 'Setup intents' },
  { type: 'subscription', path: '/v1/subscriptions', label: 'Subscriptions', query: { status: 'all' } },
  { type: 'invoice', path: '/v1/invoices', label: 'Invoices' },
  { type: 'invoiceitem', path: '/v1/invoiceitems', label: 'Invoice items' },
  { type: 'credit_note', path: '/v1/credit_notes', label: 'Credit notes' },
  { type: 'balance_transaction', path: '/v1/balance_transactions', label: 'Balance transactions' },
  { type: 'payout', path: '/v1/payouts', label: 'Payouts' },
  { type: 'transfer', path: '/v1/transfers', label: 'Transfers' },
  { type: 'application_fee', path: '/v1/application_fees', label: 'Application fees' },
  { type: 'account', path: '/v1/accounts', label: 'Connected accounts' },
]

const BY_TYPE = new Map(KINDS.map(kind => [kind.type, kind]))

export const kindOf = (type: string): Kind | undefined => BY_TYPE.get(type)

/** What people call a number of objects of a kind, known to us or not. */
export const labelOf = (type: string): string => BY_TYPE.get(type)?.label ?? type

/** Lists inside of objects that hold only the first of their entries where `has_more` says so. */
const LISTS: Readonly<Record<string, string>> = {
  subscription: 'items',
  invoice: 'lines',
  credit_note: 'lines',
}

type Inner = { data: unknown[]; has_more: true; url: string }

/** The list inside an object that Stripe cut short, if it has one. */
export function cutShort(object: Record<string, unknown>): Inner | undefined {
  const name = LISTS[String(object.object)]
  const list = name === undefined ? undefined : (object[name] as Inner | null | undefined)
  return list?.has_more === true && Array.isArray(list.data) && typeof list.url === 'string'
    ? list
    : undefined
}
