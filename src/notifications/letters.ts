import { pickLocale } from '../lib/languages.ts'
import { translator } from '../lib/messages.ts'
import { formatMoney } from '../lib/money.ts'
import type { BillLine, Message } from '../mail/letters.ts'
import type { Order } from '../orders/table.ts'
import type { Store } from '../stores/table.ts'

/** What letters say of an order. */
export type Shown = Pick<
  Order,
  | 'amount'
  | 'currency'
  | 'lines'
  | 'totals'
  | 'shipping'
  | 'confirmation_code'
  | 'locale'
  | 'mode'
  | 'customer_email'
>
type Merchant = Pick<Store, 'name' | 'support_email' | 'support_url'>

/** To the shopper, once: what was bought, from whom, and who helps. */
export function receiptMessage(order: Shown & { customer_email: string }, store: Merchant): Message {
  const { t, money } = language(order)
  // Nobody paid for what is free: its letter does not speak of a payment.
  const free = order.amount === 0
  const { confirmation_code: code } = order
  const total = money(order.amount)
  return {
    ...envelope(order, store),
    subject: t(free ? 'mail.free.subject' : 'mail.receipt.subject', { store: store.name, code }),
    heading: t('mail.receipt.heading'),
    paragraphs: [
      free
        ? t('mail.free.text', { store: store.name })
        : t('mail.receipt.text', { store: store.name, amount: total }),
      ...(order.mode === 'test' ? [t('mail.test')] : []),
      t('mail.code'),
    ],
    bill: {
      lines: billLines(order, money),
      sums: [...sums(order), { name: t('pay.total'), amount: total }],
    },
    footnote: t(free ? 'mail.free.why' : 'mail.why'),
  }
}

export const billLines = ({ lines }: Shown, money: (amount: number) => string): BillLine[] =>
  lines.map(({ name, quantity, amount }) => ({
    name: quantity > 1 ? `${quantity} × ${name}` : name,
    amount: money(amount),
  }))

/** What stands between the lines and the total, where there is anything. */
function sums(order: Shown): BillLine[] {
  const { t, money } = language(order)
  const { subtotal, discount, shipping, tax } = order.totals
  const rows = [
    { name: t('pay.discount'), amount: -discount, there: discount > 0 },
    { name: t('pay.shipping'), amount: shipping, there: order.shipping !== null },
    { name: t('pay.tax'), amount: tax, there: tax > 0 },
  ].filter(({ there }) => there)
  const all = rows.length > 0 ? [{ name: t('pay.subtotal'), amount: subtotal }, ...rows] : []
  return all.map(({ name, amount }) => ({ name, amount: money(amount) }))
}

/** To the shopper, for each refund that succeeded. */
export function refundMessage(
  order: Shown & { customer_email: string },
  store: Merchant,
  amount: number,
): Message {
  const { t, money } = language(order)
  return {
    ...envelope(order, store),
    subject: t('mail.refund.subject', { store: store.name, code: order.confirmation_code }),
    heading: t('mail.refund.heading'),
    paragraphs: [
      t('mail.refund.text', { store: store.name, amount: money(amount) }),
      ...(order.mode === 'test' ? [t('mail.test')] : []),
      t('mail.code'),
    ],
  }
}

function language(order: Shown) {
  const { locale, dir } = pickLocale(order.locale ?? undefined)
  return {
    locale,
    dir,
    t: translator(locale),
    money: (amount: number) => formatMoney({ amount, currency: order.currency }, locale),
  }
}

function envelope(order: Shown & { customer_email: string }, store: Merchant) {
  const { t, locale, dir } = language(order)
  const contact = [store.support_email, store.support_url].filter(one => one !== null).join(', ')
  return {
    to: order.customer_email,
    language: locale,
    dir,
    sender: store.name,
    reply_to: store.support_email ?? undefined,
    code: order.confirmation_code,
    closing: [
      contact ? t('mail.help', { store: store.name, contact }) : t('mail.help_shop', { store: store.name }),
    ],
    footnote: t('mail.why'),
  }
}
