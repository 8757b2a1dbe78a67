import type Stripe from 'stripe'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { markInvalid } from '../stores/connections.ts'
import { failureOf, type StripeFailure } from '../stripe/errors.ts'
import type { SealedKey } from '../stripe/stripe.ts'
import { type Finding, findingOf } from './finding.ts'
import { type PageFinding, pageFindingOf } from './page-finding.ts'
import { settlePage } from './page-settle.ts'
import { settleOrder } from './settle.ts'
import type { Source } from './table.ts'
import type { Settlement } from './verdict.ts'

/** An attempt that Stripe knows, with a key of the account that it was made in. */
export type AskablePayment = {
  store_id: string
  order_id: string
  id: string
  mode: Mode
  /** Null as long as nobody has paid on Stripe's page. */
  payment_intent: string | null
  /** The page at Stripe, when that is where it is paid. */
  stripe_session: string | null
  connection: SealedKey
}

/** How long Stripe may take, in milliseconds, and how often a question is repeated at once. */
export type Patience = { timeout: number; maxNetworkRetries: number }

/**
 * The open payment of an order, if Stripe was ever asked for one and we have a key to ask with: the newest that
 * works of the same account, since keys are replaced while their payments are under way.
 */
export async function openPayment(
  db: Database,
  storeId: string,
  orderId: string,
): Promise<AskablePayment | undefined> {
  const row = await db
    .selectFrom('payments as p')
    .innerJoin('connections as c', join =>
      join
        .onRef('c.store_id', '=', 'p.store_id')
        .onRef('c.mode', '=', 'p.mode')
        .onRef('c.account_id', '=', 'p.account_id'),
    )
    .where('c.state', '!=', 'invalid')
    .where('p.store_id', '=', storeId)
    .where('p.order_id', '=', orderId)
    .where(eb => eb.or([eb('p.payment_intent', 'is not', null), eb('p.stripe_session', 'is not', null)]))
    .where('p.closed_at', 'is', null)
    .orderBy(eb => eb('c.state', '=', 'active'), 'desc')
    .orderBy('c.version', 'desc')
    .limit(1)
    .select(['p.id', 'p.payment_intent', 'p.stripe_session'])
    .select(['c.id as connection_id', 'c.mode', 'c.version', 'c.secret_key_box'])
    .executeTakeFirst()
  if (!row) return undefined
  const { connection_id, version, secret_key_box, ...payment } = row
  const connection = { store_id: storeId, id: connection_id, mode: row.mode, version, secret_key_box }
  return { store_id: storeId, order_id: orderId, ...payment, connection }
}

/**
 * Asks Stripe how a payment stands and settles the order by the answer. Undefined when Stripe did not answer, or
 * not to this key: nothing was changed, and whoever asks later will find out.
 */
export async function askStripe(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
): Promise<Settlement | undefined> {
  const answer = await askOrFail(deps, payment, source)
  return typeof answer === 'string' ? undefined : answer
}

/** The same, for callers to whom it matters why there was no answer. */
export const askOrFail = (deps: Deps, payment: AskablePayment, source: Source, patience?: Patience) =>
  settleBy(deps, payment, source, {
    page: (stripe, id) => stripe.checkout.sessions.retrieve(id, WITH_INTENT, patience),
    intent: (stripe, id) => stripe.paymentIntents.retrieve(id, {}, patience),
  })

/**
 * Cancels at Stripe (its own page expires), so that a page left open cannot pay any more, and settles the order by the
 * answer.
 */
export const cancelOrFail = (deps: Deps, payment: AskablePayment, source: Source, patience?: Patience) =>
  settleBy(deps, payment, source, {
    page: (stripe, id) => stripe.checkout.sessions.expire(id, WITH_INTENT, patience),
    intent: (stripe, id) => stripe.paymentIntents.cancel(id, {}, patience),
  })

const WITH_INTENT = { expand: ['payment_intent'] }

/** What Stripe is called for, with its page or with a PaymentIntent; it answers how that stands. */
type Call = {
  page(stripe: Stripe, id: string): Promise<Stripe.Checkout.Session>
  intent(stripe: Stripe, id: string): Promise<Stripe.PaymentIntent>
}

async function settleBy(
  deps: Deps,
  payment: AskablePayment,
  source: Source,
  call: Call,
): Promise<Settlement | StripeFailure> {
  const askedAt = new Date()
  let finding: Finding | PageFinding
  try {
    finding = await findingBy(deps.stripe.clientFor(payment.connection), payment, call)
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    if (failure === 'invalid_key') await markInvalid(deps.db, payment.connection)
    return failure
  }
  // Ours by its row: that Stripe's answer finds no row is impossible while rows of payments are never deleted.
  const settlement =
    'stripe_session' in finding
      ? await settlePage(deps.db, payment, finding, source, askedAt)
      : await settleOrder(deps.db, payment, finding, source, askedAt)
  return settlement!
}

async function findingBy(
  stripe: Stripe,
  { stripe_session, payment_intent }: AskablePayment,
  call: Call,
): Promise<Finding | PageFinding> {
  return stripe_session
    ? pageFindingOf(await call.page(stripe, stripe_session))
    : findingOf(await call.intent(stripe, payment_intent!))
}
