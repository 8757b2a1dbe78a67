import type { FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import { type Session, statusNow } from '../orders/session.ts'
import { declineTexts, declineWords } from './declines.ts'
import { stripeJs, stripeLocale } from './stripe-js.ts'
import { shownTotals } from './totals.ts'

/**
 * The page of a checkout session, in whatever state the order is: one that can be paid shows the form, a paid one
 * the receipt, and no state but `pending` and `failed` ever shows a form.
 */
export function sessionPage(deps: Deps, reply: FastifyReply, token: string, session: Session): FastifyReply {
  switch (statusNow(session)) {
    case 'pending':
    case 'failed':
      return session.publishable_key || isFree(session)
        ? payPage(deps, reply, token, session)
        : closedPage(reply, session, 'unavailable')
    case 'processing':
      return waitingPage(reply, token, session, 'processing')
    case 'cancelled':
      return closedPage(reply, session, 'cancelled')
    case 'expired':
      return closedPage(reply, session, 'expired')
    default:
      return receiptPage(reply, session)
  }
}

function payPage(deps: Deps, reply: FastifyReply, token: string, session: Session): FastifyReply {
  const { locale, t } = reply.language(session.locale)
  const { js_url, policy } = stripeJs(deps)
  const shown = shownTotals(session, { locale, t })
  const free = isFree(session)
  return reply.page(
    'checkout/pay',
    {
      title: t(free ? 'pay.free.title' : 'pay.title', { store: session.store_name }),
      session: { token, expires_at: session.expires_at.toISOString(), mode: session.mode },
      store: shop(session),
      lines: lines(session, locale),
      ...shown,
      discount_code: session.discount?.code ?? null,
      pricing: changeable(session),
      free,
      held: heldUntil(session, locale),
      pay_label: free ? t('pay.free.submit') : t('pay.button', { amount: shown.total }),
      customer_email: session.customer_email,
      cancel_url: session.cancel_url,
      failure: session.failure && declineWords(session.failure, t),
      declines: declineTexts(t),
      stripe: {
        js_url,
        publishable_key: session.publishable_key,
        amount: session.amount,
        currency: session.currency,
        locale: stripeLocale(locale),
        address: addressOf(session),
      },
      urls: urls(token),
    },
    { locale: session.locale, ...(free ? {} : { policy }) },
  )
}

// A formatter takes longer to make than a page.
const clocks = new Map<string, Intl.DateTimeFormat>()

// The server does not know where the shopper is, so the hour names its zone until checkout.js puts theirs.
function heldUntil({ held, expires_at }: Session, locale: string) {
  if (!held) return undefined
  let clock = clocks.get(locale)
  if (!clock) {
    clock = new Intl.DateTimeFormat(locale, {
      hour: 'numeric',
      minute: '2-digit',
      timeZone: 'UTC',
      timeZoneName: 'short',
    })
    clocks.set(locale, clock)
  }
  return { at: expires_at.toISOString(), text: clock.format(expires_at) }
}

/** There is nothing to pay: neither the page nor the receipt speaks of a payment. */
const isFree = ({ amount }: Session): boolean => amount === 0

/** What the shopper can change the price by; nothing of it is on the page otherwise. */
function changeable(session: Session) {
  // Of what is free without a code there is nothing for a code to take off.
  const discounts = session.discount !== null || (session.has_discounts && !isFree(session))
  const address = addressOf(session)
  return discounts || address ? { discounts, address } : undefined
}

/** Whose address the price depends on, and where it may be: what is sent has a way to go, the rest may be taxed. */
function addressOf(session: Session) {
  const { shipping_countries, stripe_tax } = session
  if (shipping_countries) return { mode: 'shipping' as const, countries: shipping_countries }
  return stripe_tax && !isFree(session) ? { mode: 'billing' as const, countries: null } : undefined
}

/** The page that waits for news: a payment that is being looked up, or one that a bank is working on. */
export function waitingPage(
  reply: FastifyReply,
  token: string,
  session: Session,
  status: 'pending' | 'processing',
): FastifyReply {
  const { t } = reply.language(session.locale)
  return reply.page(
    'checkout/waiting',
    { title: t('waiting.title'), mode: session.mode, store: shop(session), urls: urls(token), status },
    { locale: session.locale },
  )
}

function receiptPage(reply: FastifyReply, session: Session): FastifyReply {
  const { locale, t } = reply.language(session.locale)
  const free = isFree(session)
  return reply.page(
    'checkout/receipt',
    {
      title: free
        ? t('pay.free.title', { store: session.store_name })
        : t('receipt.title', { code: session.confirmation_code }),
      free,
      mode: session.mode,
      store: shop(session),
      status: session.status,
      confirmation_code: session.confirmation_code,
      paid_at: session.paid_at,
      lines: lines(session, locale),
      ...shownTotals(session, { locale, t }),
      refunded:
        session.amount_refunded > 0
          ? formatMoney({ amount: session.amount_refunded, currency: session.currency }, locale)
          : undefined,
      email: session.customer_email,
      success_url: session.success_url,
    },
    { locale: session.locale },
  )
}

export function closedPage(
  reply: FastifyReply,
  session: Session,
  kind: 'expired' | 'cancelled' | 'unavailable',
): FastifyReply {
  const { t } = reply.language(session.locale)
  return reply.page(
    'checkout/closed',
    {
      title: t(`closed.${kind}.title`),
      kind,
      mode: session.mode,
      store: shop(session),
      cancel_url: session.cancel_url,
    },
    { locale: session.locale, status: kind === 'unavailable' ? 503 : 200 },
  )
}

const shop = ({ store_id, store_name, logo_url, color }: Session) => ({
  id: store_id,
  name: store_name,
  logo_url,
  color,
})

const lines = ({ lines, currency }: Session, locale: string) =>
  lines.map(({ name, quantity, unit_amount, amount, image_url }) => ({
    name,
    quantity,
    unit: formatMoney({ amount: unit_amount, currency }, locale),
    total: formatMoney({ amount, currency }, locale),
    image_url,
  }))

const urls = (token: string) => ({
  self: `/checkout/${token}`,
  pay: `/checkout/${token}/pay`,
  discount: `/checkout/${token}/discount`,
  shipping: `/checkout/${token}/shipping`,
  billing: `/checkout/${token}/billing`,
  return: `/checkout/${token}/return`,
  status: `/checkout/${token}/status`,
})
