import { type Activity, activityOfOrder } from '../audit/audit.ts'
import type { Database } from '../db/database.ts'
import { formatMoney } from '../lib/money.ts'
import { type KeptMail, mailsOfOrder } from '../mail/undelivered.ts'
import { notificationsOfOrder } from '../notifications/replay.ts'
import type { wholeOrder } from '../refunds/order.ts'
import { actorName } from './activity.ts'
import { LETTER, SOURCE, STATUS, words } from './words.ts'

type Whole = Awaited<ReturnType<typeof wholeOrder>>

/** One thing that happened: what, when, why or who says so, and Stripe's event about it. */
type TrailEntry = { at: string; text: string; source: string; event_id?: string | null }

/** Everything that happened to an order and around it, oldest first. */
export async function trailOf(db: Database, order: Whole): Promise<TrailEntry[]> {
  const { store_id, id } = order
  const [activity, mails, notifications] = await Promise.all([
    activityOfOrder(db, store_id, id),
    mailsOfOrder(db, store_id, id),
    notificationsOfOrder(db, store_id, id),
  ])
  const entries: (Omit<TrailEntry, 'at'> & { at: Date })[] = [
    { at: order.created_at, text: 'Checkout opened', source: '' },
    ...order.timeline.map(entry => ({
      at: entry.at,
      text: changeText(order, entry),
      source: SOURCE[entry.source],
      event_id: entry.event_id,
    })),
    ...activity.map(entry => ({ at: entry.at, text: activityText(order, entry), source: whoDid(entry) })),
    ...mails.map(mail => ({ at: mail.sent_at ?? mail.created_at, ...mailText(mail) })),
    ...notifications.map(({ created_at, type, endpoint_id, state, tries, answer }) => ({
      at: created_at,
      text: `Told the platform: ${type}`,
      source: `endpoint ${endpoint_id}, ${DELIVERY[state]}${tries > 0 ? ` after ${tries === 1 ? 'one attempt' : `${tries} attempts`}` : ''}${answer ? `, last answer ${answer}` : ''}`,
    })),
  ]
  return entries
    .sort((left, right) => left.at.getTime() - right.at.getTime())
    .map(entry => ({ ...entry, at: entry.at.toISOString() }))
}

const DELIVERY = { waiting: 'on its way', delivered: 'delivered', given_up: 'given up' }

const REFUND: Record<string, string> = {
  pending: 'is under way',
  succeeded: 'was made',
  failed: 'failed',
  cancelled: 'was cancelled',
}

/** What the state of the order became, or what of its refunds and disputes was news. */
function changeText(order: Whole, { status, detail }: Whole['timeline'][number]): string {
  const { refund, refund_status, amount, dispute_status, code, decline_code } = (detail ?? {}) as Record<
    string,
    unknown
  >
  if (refund) {
    return `A refund of ${money(order, Number(amount))} ${REFUND[String(refund_status)] ?? words(refund_status)}`
  }
  if (dispute_status) return `Dispute: ${words(dispute_status)}`
  const why = decline_code ?? code
  return status === 'failed' && why ? `${STATUS.failed.text}: ${words(why)}` : STATUS[status].text
}

function activityText(order: Whole, { action, detail }: Activity): string {
  if (action === 'refund.issued') return `Asked for a refund of ${money(order, Number(detail.amount))}`
  if (action === 'receipt.resent') return 'Sent the receipt once more'
  if (action === 'mail.retried') return `Had a letter sent after all: ${words(detail.kind)}`
  if (action === 'mail.dismissed') return `Dismissed a letter that could not be sent: ${words(detail.kind)}`
  const what = `“${words(detail.kind)}”`
  return action === 'outbox.retried'
    ? `Had ${what} told after all`
    : `Dismissed ${what}, which could not be told`
}

const whoDid = (entry: Activity): string =>
  entry.actor_kind === 'owner' ? `by ${actorName(entry)}` : `by the platform ${actorName(entry)}`

function mailText({ kind, sent_at, kept, tries, failure }: KeptMail): { text: string; source: string } {
  const what = LETTER[kind]
  if (sent_at) return { text: `${what} mailed`, source: '' }
  const tried = tries === 0 ? 'not tried yet' : `tried ${tries === 1 ? 'once' : `${tries} times`}`
  return {
    text: `${what} ${kept ? 'not mailed yet' : 'was never mailed'}`,
    source: failure ? `${tried}, last answer ${failure}` : tried,
  }
}

const money = ({ currency }: Whole, amount: number): string => formatMoney({ amount, currency }, 'en')
