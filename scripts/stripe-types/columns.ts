import { alternatives, type Declarations, type Field, objectName, resolve } from './declarations.ts'

export type Column = {
  name: string
  type: 'text' | 'bigint' | 'numeric' | 'boolean' | 'timestamptz' | 'jsonb'
}

/** A view of one kind of object; `inside` where it lives in a list of another. */
export type View = {
  name: string
  declared: string
  type: string
  inside?: { type: string; list: string }
  /** Ids that are looked for often and stand deeper in the object. */
  more?: Record<string, string>
}

export const VIEWS: View[] = [
  { name: 'accounts', declared: 'Account', type: 'account' },
  { name: 'application_fees', declared: 'ApplicationFee', type: 'application_fee' },
  { name: 'balance_transactions', declared: 'BalanceTransaction', type: 'balance_transaction' },
  { name: 'charges', declared: 'Charge', type: 'charge' },
  { name: 'checkout_sessions', declared: 'Checkout.Session', type: 'checkout.session' },
  { name: 'coupons', declared: 'Coupon', type: 'coupon' },
  { name: 'credit_notes', declared: 'CreditNote', type: 'credit_note' },
  { name: 'customers', declared: 'Customer', type: 'customer' },
  { name: 'disputes', declared: 'Dispute', type: 'dispute' },
  { name: 'invoice_items', declared: 'InvoiceItem', type: 'invoiceitem' },
  {
    name: 'invoice_line_items',
    declared: 'InvoiceLineItem',
    type: 'line_item',
    inside: { type: 'invoice', list: 'lines' },
  },
  {
    name: 'invoices',
    declared: 'Invoice',
    type: 'invoice',
    more: { subscription: '{parent,subscription_details,subscription}' },
  },
  { name: 'payment_intents', declared: 'PaymentIntent', type: 'payment_intent' },
  { name: 'payment_methods', declared: 'PaymentMethod', type: 'payment_method' },
  { name: 'payouts', declared: 'Payout', type: 'payout' },
  { name: 'prices', declared: 'Price', type: 'price' },
  { name: 'products', declared: 'Product', type: 'product' },
  {
    name: 'promotion_codes',
    declared: 'PromotionCode',
    type: 'promotion_code',
    more: { coupon: '{promotion,coupon}' },
  },
  { name: 'refunds', declared: 'Refund', type: 'refund' },
  { name: 'setup_intents', declared: 'SetupIntent', type: 'setup_intent' },
  {
    name: 'subscription_items',
    declared: 'SubscriptionItem',
    type: 'subscription_item',
    inside: { type: 'subscription', list: 'items' },
    more: { price_id: '{price,id}', product: '{price,product}' },
  },
  { name: 'subscriptions', declared: 'Subscription', type: 'subscription' },
  { name: 'tax_rates', declared: 'TaxRate', type: 'tax_rate' },
  { name: 'transfers', declared: 'Transfer', type: 'transfer' },
]

/** The columns of a view, as Stripe's declarations have the object's own fields. */
export function columnsOf(declared: Declarations, view: View): Column[] {
  const fields = declared.interfaces.get(view.declared)
  if (!fields || objectName(declared, view.declared) !== view.type) {
    throw new Error(`stripe-node no longer declares ${view.declared} as ${view.type}`)
  }
  return fields
    .filter(
      ({ name, type }) =>
        !['id', 'object', 'livemode', 'deleted', 'client_secret'].includes(name) && type !== 'void',
    )
    .map(field => ({ name: field.name, type: typeOf(declared, view.declared, field) }))
}

function typeOf(declared: Declarations, from: string, field: Field): Column['type'] {
  const kinds = new Set(alternatives(field.type).map(one => kindOf(declared, from, one)))
  // An id, or the object in its place: the mirror keeps the id.
  if (kinds.has('text')) return 'text'
  if (kinds.size !== 1) return 'jsonb'
  const [kind] = kinds
  if (kind !== 'number') return kind!
  if (/percent|_rate$|^rate$/.test(field.name)) return 'numeric'
  return isTime(field) ? 'timestamptz' : 'bigint'
}

function kindOf(declared: Declarations, from: string, type: string): Column['type'] | 'number' {
  if (type === 'string' || type === 'OtherString' || /^'/.test(type)) return 'text'
  if (type === 'number') return 'number'
  if (type === 'boolean' || type === 'true' || type === 'false') return 'boolean'
  if (type === 'Decimal') return 'numeric'
  const full = resolve(declared, type, from)
  const alias = full && declared.aliases.get(full)
  return alias && alternatives(alias).every(one => /^'|^OtherString$/.test(one)) ? 'text' : 'jsonb'
}

const TIMES =
  /(^|_)(created|at|start|end|date|available_on|redeem_by|billed_until|billing_cycle_anchor|next_payment_attempt|next_pending_invoice_item_invoice)$/

/** Seconds since 1970, which Stripe's declarations have as a number like any other. */
function isTime({ name, doc }: Field): boolean {
  return TIMES.test(name) || /unix (epoch|timestamp)|^(time|date|timestamp) (at|when|that|of)/i.test(doc)
}
