import type Stripe from 'stripe'
import type { FrozenDiscount } from '../catalog/redemptions.ts'
import type { Locale } from '../lib/catalogues.ts'
import { pickLocale } from '../lib/languages.ts'
import { translator } from '../lib/messages.ts'
import { formatMoney } from '../lib/money.ts'
import type { Totals } from '../pricing/price.ts'
import type { FrozenShipping, FrozenStripeTax, OrderLine } from './table.ts'
import { type Attempt, paymentTerms } from './terms.ts'

/** An attempt to be paid on Stripe's page, with all that the page shows. */
export type PageAttempt = Attempt & {
  page_ends_at: Date
  lines: OrderLine[]
  totals: Totals
  discount: FrozenDiscount | null
  shipping: FrozenShipping | null
  stripe_tax: FrozenStripeTax | null
  customer_email: string | null
  cancel_url: string | null
  locale: string | null
}

type Params = Stripe.Checkout.SessionCreateParams
type Line = NonNullable<Params['line_items']>[number]

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items */
const MOST_LINES = 100

/**
 * Stripe's page for an order. It reckons nothing of its own: what it adds up (lines, less the coupon, and the shipping)
 * is our total, tax being a line where it is added, and nothing that could change it is switched on, but Stripe Tax
 * where the order is under it: what that adds is taken over when it is paid (page-settle.ts). `coupon` takes the
 * discount off; without one the lines cost what is left of them.
 */
export function pageParams(reserved: PageAttempt, returnUrl: string, coupon: string | undefined): Params {
  const attempt = beforeStripeTax(reserved)
  const { locale } = pickLocale(attempt.locale ?? undefined)
  const terms = paymentTerms(attempt)
  const metadata = { ...terms.metadata, payment_id: attempt.id }
  return {
    mode: 'payment',
    client_reference_id: attempt.order_id,
    metadata,
    payment_intent_data: { ...terms, metadata },
    line_items: lineItems(attempt, coupon !== undefined),
    ...(coupon ? { discounts: [{ coupon }] } : {}),
    ...shippingParams(attempt),
    ...(attempt.stripe_tax ? { automatic_tax: { enabled: true } } : {}),
    ...(attempt.totals.tax_included > 0
      ? { custom_text: { submit: { message: taxIncluded(attempt, locale) } } }
      : {}),
    // It would offer to pay in another currency.
    adaptive_pricing: { enabled: false },
    locale: LOCALES[locale] ?? (locale as Stripe.Checkout.SessionCreateParams.Locale),
    ...(attempt.customer_email ? { customer_email: attempt.customer_email } : {}),
    expires_at: Math.floor(attempt.page_ends_at.getTime() / 1_000),
    success_url: returnUrl,
    ...(attempt.cancel_url ? { cancel_url: attempt.cancel_url } : {}),
  }
}

// A page that a bank refused after all has left the tax that Stripe added in the order: the next one adds it anew.
const beforeStripeTax = (attempt: PageAttempt): PageAttempt =>
  attempt.stripe_tax ? { ...attempt, totals: { ...attempt.totals, tax: 0, tax_included: 0 } } : attempt

/** What takes the discount off, once and for this page only. */
export const couponParams = (attempt: PageAttempt): Stripe.CouponCreateParams => ({
  amount_off: attempt.totals.discount,
  currency: attempt.currency,
  duration: 'once',
  max_redemptions: 1,
  name: (attempt.discount?.code ?? attempt.confirmation_code).slice(0, 40),
  metadata: { store_id: attempt.store_id, order_id: attempt.order_id, payment_id: attempt.id },
})

// Stripe's page does not speak them: then it is in the language of the browser, if it speaks that.
const LOCALES: Partial<Record<Locale, Stripe.Checkout.SessionCreateParams.Locale>> = {
  ar: 'auto',
  he: 'auto',
  'pt-PT': 'pt',
}

function lineItems(attempt: PageAttempt, withCoupon: boolean): Line[] {
  const { lines, totals, currency } = attempt
  const item = (
    name: string,
    unit_amount: number,
    {
      quantity = 1,
      image_url = null,
      tax_code = null,
    }: Partial<Pick<OrderLine, 'quantity' | 'image_url' | 'tax_code'>> = {},
  ): Line => ({
    quantity,
    price_data: {
      currency,
      unit_amount,
      ...taxBehavior(attempt),
      product_data: {
        name,
        ...(image_url?.startsWith('https://') ? { images: [image_url] } : {}),
        ...(attempt.stripe_tax && tax_code ? { tax_code } : {}),
      },
    },
  })
  const items = lines.map(line => {
    const { name, quantity, unit_amount, amount, discount } = line
    return withCoupon || discount === 0
      ? item(name, unit_amount, line)
      : item(quantity === 1 ? name : `${quantity} × ${name}`, amount - discount, { ...line, quantity: 1 })
  })
  if (totals.tax > 0) items.push(item(taxName(attempt), totals.tax))
  if (items.length <= MOST_LINES) return items
  const sum = totals.subtotal + totals.tax - (withCoupon ? 0 : totals.discount)
  return [item(`${attempt.store_name} ${attempt.confirmation_code}`, sum)]
}

const taxBehavior = ({ stripe_tax }: PageAttempt) =>
  stripe_tax ? { tax_behavior: stripe_tax.inclusive ? ('inclusive' as const) : ('exclusive' as const) } : {}

// "VAT 19 %" where one rate holds for all, else the word for it.
function taxName({ lines, shipping, locale }: PageAttempt): string {
  const names = [...lines, ...(shipping ? [shipping] : [])].flatMap(({ tax_rate }) =>
    tax_rate && !tax_rate.inclusive ? [tax_rate.name] : [],
  )
  const [name, ...others] = new Set(names)
  return name && others.length === 0 ? name : translator(locale ?? 'en')('pay.tax')
}

const taxIncluded = ({ totals, currency }: PageAttempt, locale: Locale): string =>
  `${translator(locale)('pay.tax_included')}: ${formatMoney({ amount: totals.tax_included, currency }, locale)}`

// The price of the order holds for one country: Stripe asks for an address there.
function shippingParams(attempt: PageAttempt): Partial<Params> {
  const { shipping, totals, currency, locale } = attempt
  if (!shipping) return {}
  const allowed_countries = [
    shipping.country,
  ] as Stripe.Checkout.SessionCreateParams.ShippingAddressCollection['allowed_countries']
  const display_name = (shipping.name ?? translator(locale ?? 'en')('pay.shipping')).slice(0, 100)
  const fixed_amount = { amount: totals.shipping, currency }
  return {
    shipping_address_collection: { allowed_countries },
    shipping_options: [
      { shipping_rate_data: { type: 'fixed_amount', display_name, fixed_amount, ...taxBehavior(attempt) } },
    ],
  }
}
