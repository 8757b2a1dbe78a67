import { type Translate, translator } from '../lib/messages.ts'
import type { Mode } from '../lib/mode.ts'
import { formatMoney } from '../lib/money.ts'
import type { Message } from '../mail/letters.ts'
import type { Store } from '../stores/table.ts'
import { dashboardUrl } from '../stripe/dashboard.ts'
import { billLines, type Shown } from './letters.ts'

/** How long a letter about a store or an order is worth sending, in minutes. */
export const WORTH_SENDING = 2 * 24 * 60

type Owned = Pick<Store, 'name' | 'owner_email' | 'owner_locale'>

const modeName = (t: Translate, mode: string): string =>
  t(mode === 'live' ? 'letter.mode_live' : 'letter.mode_test')

/** In the language that the store's owner chose; `why` is said below the line. */
function envelope({ name: store, owner_email, owner_locale }: Owned, why?: string) {
  const t = translator(owner_locale)
  return { to: owner_email, language: owner_locale, footnote: why ?? t('letter.why', { store }) }
}

/** To the owner who asked for it, once for each order that was paid. */
export function newOrderMessage(order: Shown, store: Owned, url: string): Message {
  const t = translator(store.owner_locale)
  const money = (amount: number) => formatMoney({ amount, currency: order.currency }, store.owner_locale)
  const said = { code: order.confirmation_code, store: store.name, amount: money(order.amount) }
  const { customer_email: customer } = order
  return {
    ...envelope(store, t('letter.why_orders', { store: store.name })),
    subject: t('letter.new_order.subject', said),
    heading: t('letter.new_order.heading', said),
    paragraphs: [
      customer ? t('letter.new_order.text_from', { ...said, customer }) : t('letter.new_order.text', said),
      ...(order.mode === 'test' ? [t('letter.test_mode')] : []),
    ],
    bill: {
      lines: billLines(order, money),
      sums: [{ name: t('letter.total'), amount: said.amount }],
    },
    action: { label: t('letter.new_order.action'), url },
  }
}

type Disputed = { id: string; amount: number; currency: string; reason: string; due_by: Date | null }

/** To the owner, once for each dispute: what it is about, and by when to answer where. */
export function disputeMessage(order: Shown, store: Owned, dispute: Disputed): Message {
  const t = translator(store.owner_locale)
  const amount = formatMoney(dispute, store.owner_locale)
  const date = dispute.due_by?.toISOString().slice(0, 10)
  const reason = dispute.reason.replaceAll('_', ' ')
  return {
    ...envelope(store, t('letter.dispute.why', { store: store.name })),
    subject: t('letter.dispute.subject', { amount, store: store.name }),
    heading: t('letter.dispute.heading', { amount }),
    paragraphs: [
      t('letter.dispute.text', { code: order.confirmation_code, reason }),
      date ? t('letter.dispute.until', { date }) : t('letter.dispute.open'),
    ],
    action: {
      label: t('letter.dispute.action'),
      url: dashboardUrl({ type: 'dispute', id: dispute.id, mode: order.mode }),
    },
  }
}

/** To the owner, when keys of another account took over: if it was not them, they hear of it at once. */
export function accountReplacedMessage(store: Owned, mode: string, url: string): Message {
  const t = translator(store.owner_locale)
  const subject = t('letter.account_replaced.subject', { store: store.name })
  return {
    ...envelope(store),
    subject,
    heading: subject,
    paragraphs: [
      t('letter.account_replaced.text', { mode: modeName(t, mode) }),
      t('letter.account_replaced.what'),
    ],
    action: { label: t('letter.account_replaced.action'), url },
  }
}

/** To the owner of before, when a store is given another owner's address: they can speak up. */
export function ownerReplacedMessage(
  { name: store, owner_locale }: Pick<Store, 'name' | 'owner_locale'>,
  formerOwner: string,
): Message {
  const t = translator(owner_locale)
  const subject = t('letter.owner_replaced.subject', { store })
  return {
    to: formerOwner,
    language: owner_locale,
    subject,
    heading: subject,
    paragraphs: [t('letter.owner_replaced.text'), t('letter.owner_replaced.what')],
    footnote: t('letter.owner_replaced.why', { store }),
  }
}

/** To the owner, when Stripe does not know the store's key any more. */
export function brokenKeyMessage(store: Owned, mode: string, url: string): Message {
  const t = translator(store.owner_locale)
  return {
    ...envelope(store),
    subject: t('letter.broken_key.subject', { store: store.name }),
    heading: t('letter.broken_key.heading', { store: store.name }),
    paragraphs: [t('letter.broken_key.text', { mode: modeName(t, mode) }), t('letter.broken_key.what')],
    action: { label: t('letter.broken_key.action'), url },
  }
}

/** To the owner, when a partner's receiver has not taken notifications for days. */
export function endpointDisabledMessage(store: Owned, url: string): Message {
  const t = translator(store.owner_locale)
  const subject = t('letter.endpoint_disabled.subject', { store: store.name })
  return {
    ...envelope(store),
    subject,
    heading: subject,
    paragraphs: [
      t('letter.endpoint_disabled.text', { host: new URL(url).host }),
      t('letter.endpoint_disabled.what'),
    ],
  }
}

/** To the owner, when what happened had to be found out by asking Stripe; `endpoints`: how many are set up. */
export function silentMessage(
  store: Owned,
  { mode, endpoints }: { mode: Mode; endpoints: number },
  url: string,
): Message {
  const t = translator(store.owner_locale)
  const subject = t('letter.silent.subject', { store: store.name })
  return {
    ...envelope(store, t('letter.silent.why')),
    subject,
    heading: subject,
    paragraphs: [
      t('letter.silent.text', { mode: modeName(t, mode) }),
      endpoints === 0 ? t('letter.silent.none') : t('letter.silent.some'),
    ],
    action: { label: t('letter.silent.action'), url },
  }
}
