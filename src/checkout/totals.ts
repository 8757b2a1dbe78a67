import { z } from 'zod'
import { ratesTo, shippingRatesOf } from '../catalog/rates.ts'
import type { Database } from '../db/database.ts'
import type { Translate } from '../lib/messages.ts'
import { formatMoney } from '../lib/money.ts'
import type { Session } from '../orders/session.ts'
import { carriageOn } from '../pricing/price.ts'

/**
 * The sums of an order as a shopper reads them; what does not occur in it is not there. `tax` may be words, as long as
 * it is not known.
 */
type ShownTotals = {
  subtotal: string | null
  discount: string | null
  shipping: string | null
  tax: string | null
  tax_included: string | null
  total: string
}

type Language = { locale: string; t: Translate }

export function shownTotals(session: Session, { locale, t }: Language): ShownTotals {
  const { totals, shipping, currency } = session
  const later = isUntaxed(session) && !session.stripe_tax?.inclusive
  const money = (amount: number) => formatMoney({ amount, currency }, locale)
  const unless0 = (amount: number, shown = amount) => (amount === 0 ? null : money(shown))
  const plain = totals.discount === 0 && totals.tax === 0 && !shipping && !later
  return {
    subtotal: plain ? null : money(totals.subtotal),
    discount: unless0(totals.discount, -totals.discount),
    shipping: shipping && money(totals.shipping),
    tax: later ? t('pay.tax_later') : unless0(totals.tax),
    tax_included: unless0(totals.tax_included),
    total: money(totals.total),
  }
}

/** Whether Stripe Tax still has to say what the tax is: nobody can pay until then. */
const isUntaxed = ({ stripe_tax, amount, ui }: Session): boolean =>
  ui === 'hosted' && stripe_tax !== null && stripe_tax.worked_out === null && amount > 0

const Rate = z.object({
  id: z.string(),
  name: z.string(),
  amount: z
    .number()
    .meta({ description: 'What it costs for this order, in minor units, without the tax on it' }),
  shown: z.string(),
})

/** What the page shows after the price has changed. */
export const PricedView = z.object({
  amount: z.number().meta({ description: 'Minor units of the currency' }),
  currency: z.string(),
  shown: z
    .object({
      subtotal: z.string().nullable(),
      discount: z.string().nullable(),
      shipping: z.string().nullable(),
      tax: z.string().nullable(),
      tax_included: z.string().nullable(),
      total: z.string(),
    })
    .meta({ description: 'The sums as a shopper reads them; null is none' }),
  pay_label: z.string(),
  held_until: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'Until when counted stock is kept for this checkout; null when none is' }),
  discount_code: z.string().nullable(),
  shipping_rates: z.array(Rate).meta({ description: 'Those that go to the country that was chosen' }),
  shipping_rate: z.string().nullable(),
})

/** A session's price for its page, in the page's language. */
export async function pricedView(
  db: Database,
  session: Session,
  { locale, t }: Language,
): Promise<z.output<typeof PricedView>> {
  const shown = shownTotals(session, { locale, t })
  const { shipping, currency, totals } = session
  const rates = shipping
    ? ratesTo(await shippingRatesOf(db, session.store_id, currency), shipping.country)
    : []
  return {
    amount: session.amount,
    currency,
    shown,
    pay_label: t('pay.button', { amount: shown.total }),
    held_until: session.held ? session.expires_at.toISOString() : null,
    discount_code: session.discount?.code ?? null,
    shipping_rates: rates.map(rate => {
      const amount = carriageOn(totals.subtotal - totals.discount, rate)
      return { id: rate.id, name: rate.name, amount, shown: formatMoney({ amount, currency }, locale) }
    }),
    shipping_rate: shipping?.rate_id ?? null,
  }
}
