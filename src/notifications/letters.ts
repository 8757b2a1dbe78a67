import { dashboardUrl } from '../disputes/disputes.ts'
import { pickLocale } from '../lib/languages.ts'
import { translator } from '../lib/messages.ts'
import { formatMoney } from '../lib/money.ts'
import type { BillLine, Message } from '../mail/letters.ts'
import type { Order } from '../orders/table.ts'
import type { Store } from '../stores/table.ts'

/** How long a letter about a store or an order is worth sending, in minutes. */
export const WORTH_SENDING = 2 * 24 * 60

type Shown = Pick<
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
type Merchant = Pick<Store, 'name' | 'owner_email' | 'support_email' | 'support_url'>

/** To the shopper, once: what was bought, from whom, and who helps. */
export function receiptMessage(order: Shown & { customer_email: string }, store: Merchant): Message {
  const { t, money } = language(order)
  return {
    ...envelope(order, store),
    subject: t('mail.receipt.subject', { store: store.name, code: order.confirmation_code }),
    heading: t('mail.receipt.heading'),
    paragraphs: [
      t('mail.receipt.text', { store: store.name, amount: money(order.amount) }),
      ...(order.mode === 'test' ? [t('mail.test')] : []),
      t('mail.code'),
    ],
    bill: {
      lines: order.lines.map(({ name, quantity, amount }) => ({
        name: quantity > 1 ? `${quantity} × ${name}` : name,
        amount: money(amount),
      })),
      sums: [...sums(order), { name: t('pay.total'), amount: money(order.amount) }],
    },
  }
}

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

type Disputed = { id: string; amount: number; currency: string; reason: string; due_by: Date | null }

/** To the owner, once for each dispute: what it is about, and by when to answer where. */
export function disputeMessage(order: Shown, store: Merchant, dispute: Disputed): Message {
  const amount = formatMoney(dispute, 'en')
  const due = dispute.due_by?.toISOString().slice(0, 10)
  return {
    to: store.owner_email,
    subject: `A payment of ${amount} to ${store.name} is disputed`,
    heading: `A payment of ${amount} is disputed`,
    paragraphs: [
      `The shopper's bank questions the payment of order ${order.confirmation_code} (reason: ${dispute.reason.replaceAll('_', ' ')}).`,
      due
        ? `You can answer until ${due}, in your Stripe dashboard. Without an answer the bank decides for the shopper.`
        : 'Your Stripe dashboard says what can be done.',
    ],
    action: { label: 'Open the dispute at Stripe', url: dashboardUrl(dispute.id, order.mode) },
    footnote: `You get this because you own ${store.name}. Disputes are handled between you, Stripe and the bank.`,
  }
}

/** To the owner, when keys of another account took over: if it was not them, they hear of it at once. */
export const accountReplacedMessage = (store: Merchant, mode: string, url: string): Message => ({
  to: store.owner_email,
  subject: `${store.name} now pays into another Stripe account`,
  heading: `${store.name} now pays into another Stripe account`,
  paragraphs: [
    `Keys of another Stripe account were connected for ${mode} mode. From now on the money goes there.`,
    'If that was you, there is nothing to do. If not, connect your own keys again and tell the platform that runs your shop.',
  ],
  action: { label: 'See what is connected', url },
  footnote: `You get this because you own ${store.name}.`,
})

/** To the owner of before, when a store is given another owner's address: they can speak up. */
export const ownerReplacedMessage = (store: Pick<Store, 'name'>, formerOwner: string): Message => ({
  to: formerOwner,
  subject: `${store.name} has another owner now`,
  heading: `${store.name} has another owner now`,
  paragraphs: [
    'The platform that runs this shop has replaced your address as its owner. You can no longer sign in to it.',
    'If you did not ask for that, please tell the platform.',
  ],
  footnote: `You get this because you owned ${store.name}.`,
})

/** To the owner, when Stripe does not know the store's key any more. */
export const brokenKeyMessage = (store: Merchant, mode: string, url: string): Message => ({
  to: store.owner_email,
  subject: `${store.name} cannot take payments: Stripe rejects its key`,
  heading: `Stripe rejects the key of ${store.name}`,
  paragraphs: [
    `The API key for ${mode} mode was rolled or deleted at Stripe. Until it is replaced, nobody can pay.`,
    'Make a new key at Stripe and connect it: it takes a minute.',
  ],
  action: { label: 'Replace the key', url },
  footnote: `You get this because you own ${store.name}.`,
})

/** To the owner, when a partner's receiver has not taken notifications for days. */
export const endpointDisabledMessage = (store: Merchant, url: string): Message => ({
  to: store.owner_email,
  subject: `Notifications about ${store.name} have stopped`,
  heading: `Notifications about ${store.name} have stopped`,
  paragraphs: [
    `The platform that runs your shop is told about your orders at ${new URL(url).host}. Nobody took what we sent for three days, so we stopped.`,
    'Payments go on as before, and nothing is lost: the platform can have everything sent again. Please tell them.',
  ],
  footnote: `You get this because you own ${store.name}.`,
})
