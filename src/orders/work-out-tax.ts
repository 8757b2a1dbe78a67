import { sql, type Transaction } from 'kysely'
import type Stripe from 'stripe'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { problem, TooManyRequests, Unavailable } from '../lib/problem.ts'
import { activeConnection, markInvalid, notePermissionMissing } from '../stores/connections.ts'
import { codeOf, failureOf, isKept } from '../stripe/errors.ts'
import { holdBackQuestion } from './pace.ts'
import { mayBeFree, priceOrder } from './pricing.ts'
import { isBeingPaid, lockOrder, type Repriceable, type SessionKey, writePrice } from './repriceable.ts'
import { readCalculation, TaxDoesNotAddUp, type TaxQuestion } from './stripe-tax.ts'
import type { FrozenStripeTax, WorkedOut } from './table.ts'

export const TaxLocationUnknown = problem(
  'tax-location-unknown',
  422,
  'The tax for this address cannot be worked out',
)
export const TaxUnavailable = problem('tax-unavailable', 503, 'The tax cannot be worked out right now')

// The shopper waits: less patience than for a payment, and a click asks again.
const PATIENCE = { timeout: 6_000, maxNetworkRetries: 1 }

/** How often the terms may change while Stripe is being asked. */
const TRIES = 3

/**
 * Questions about one order: whoever has its page could otherwise have the merchant pay for answers without end. Those
 * of one network about many orders are counted, too (pace.ts).
 */
export const MOST_QUESTIONS = 40

/**
 * Sees to it that the tax of a session's order is known, if Stripe Tax is to work it out and somebody said where it
 * goes, in the account that takes payments. Stripe is asked while no transaction is open; its answer is only written if
 * it is about the terms that the order has by then, and from the account of then. No payment can be open meanwhile: an
 * order without its tax is not payable (reserve.ts), and one that is being paid after all is left as it is.
 * Throws TaxLocationUnknown, TaxUnavailable, TooManyRequests, AmountOutOfRange and what `lockOrder` throws; then nobody
 * can pay.
 */
export async function workOutTax(deps: Deps, session: SessionKey): Promise<void> {
  let answer: WorkedOut | undefined
  for (let tries = 0; tries <= TRIES; tries += 1) {
    const asked = await write(deps, session, answer)
    if (!asked) return
    await holdBackQuestion(deps.db, session.store_id, session.ip)
    answer = await askStripeTax(deps, asked.order, asked.question)
  }
  throw new Unavailable({ detail: 'The order is being changed in another window.', retryAfter: 3 })
}

/** Writes an answer that fits; says what is still to be asked, and counts it. Throws TooManyRequests. */
function write(
  { db }: Deps,
  session: SessionKey,
  answer: WorkedOut | undefined,
): Promise<{ order: Repriceable; question: TaxQuestion } | undefined> {
  return db.transaction().execute(async trx => {
    const order = await lockOrder(trx, session)
    if (!order.stripe_tax) return undefined
    const free = mayBeFree(order.shipping_countries)
    const account = await accountOf(trx, order)
    const { worked_out } = order.stripe_tax
    const known = worked_out?.account_id === account ? worked_out : null
    const { question } = priceOrder(
      { ...order, stripe_tax: { ...order.stripe_tax, worked_out: known } },
      free,
    )
    if (!question) return undefined
    await giveUpUnanswered(trx, order)
    if (await isBeingPaid(trx, order)) return undefined
    if (answer?.question !== question.digest || answer.account_id !== account) {
      await countQuestion(trx, order, order.stripe_tax)
      return { order, question }
    }
    const terms = { ...order, stripe_tax: { ...order.stripe_tax, worked_out: answer } }
    await writePrice(trx, order, terms, priceOrder(terms, free))
    return undefined
  })
}

/** The account that takes payments in the mode of an order. */
async function accountOf(
  trx: Transaction<Tables>,
  { store_id, mode }: Repriceable,
): Promise<string | undefined> {
  const connection = await trx
    .selectFrom('connections')
    .select('account_id')
    .where('store_id', '=', store_id)
    .where('mode', '=', mode)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return connection?.account_id
}

// Another account was asked for it, by another price; should that one answer yet, nobody is told (keep.ts).
async function giveUpUnanswered(
  trx: Transaction<Tables>,
  { store_id, order_id }: Repriceable,
): Promise<void> {
  await trx
    .updateTable('payments')
    .set({ closed_at: sql<Date>`now()` })
    .where('store_id', '=', store_id)
    .where('order_id', '=', order_id)
    .where('payment_intent', 'is', null)
    .where('stripe_session', 'is', null)
    .where('closed_at', 'is', null)
    .execute()
}

async function countQuestion(
  trx: Transaction<Tables>,
  { store_id, order_id }: Repriceable,
  stripe_tax: FrozenStripeTax,
): Promise<void> {
  if (stripe_tax.asked >= MOST_QUESTIONS) {
    throw new TooManyRequests('The address was changed too often. Please start again from the shop.')
  }
  await trx
    .updateTable('orders')
    .set({ stripe_tax: JSON.stringify({ ...stripe_tax, asked: stripe_tax.asked + 1 }) })
    .where('store_id', '=', store_id)
    .where('id', '=', order_id)
    .execute()
}

async function askStripeTax(deps: Deps, order: Repriceable, question: TaxQuestion): Promise<WorkedOut> {
  const connection = await activeConnection(deps.db, order.store_id, order.mode)
  if (!connection) throw new TaxUnavailable('Nothing was charged. Please contact the shop.')
  const stripe = deps.stripe.clientFor(connection)
  try {
    const calculation = await calculate(stripe, order, question)
    const answer = readCalculation(question, calculation, await linesOf(stripe, calculation))
    return { ...answer, account_id: connection.account_id }
  } catch (error) {
    if (error instanceof TaxDoesNotAddUp) {
      throw new TaxUnavailable('Nothing was charged. Please contact the shop.')
    }
    if (LOCATION.has(codeOf(error) ?? '')) {
      const detail = 'does not say where the tax is to be paid: check the postal code and the region'
      throw new TaxLocationUnknown({ errors: [{ pointer: '/postal_code', detail }] })
    }
    const failure = failureOf(error)
    if (failure === 'invalid_key') await markInvalid(deps.db, connection)
    if (failure === 'missing_permission') await notePermissionMissing(deps.db, connection, 'tax')
    if (failure === 'unreachable') {
      throw new TaxUnavailable({ detail: 'Nothing was charged. Please try again.', retryAfter: 3 })
    }
    if (failure) throw new TaxUnavailable('Nothing was charged. Please contact the shop.')
    throw error
  }
}

/** https://docs.stripe.com/error-codes */
const LOCATION = new Set(['customer_tax_location_invalid', 'invalid_tax_location'])

/**
 * One question of one order is one calculation, however often its answer is lost: the key is made of both. A failure
 * that Stripe keeps under that key is asked again without it; a calculation too many costs a fee, and nothing else.
 */
async function calculate(
  stripe: Stripe,
  { order_id }: Repriceable,
  { params, digest }: TaxQuestion,
): Promise<Stripe.Tax.Calculation> {
  try {
    const idempotencyKey = `tax-${order_id}-${digest}`
    return await stripe.tax.calculations.create(params, { idempotencyKey, ...PATIENCE })
  } catch (error) {
    if (!isKept(error)) throw error
    return stripe.tax.calculations.create(params, PATIENCE)
  }
}

/** The answer holds the first of its lines. */
async function linesOf(
  stripe: Stripe,
  { id, line_items }: Stripe.Tax.Calculation,
): Promise<Stripe.Tax.CalculationLineItem[]> {
  if (line_items && !line_items.has_more) return line_items.data
  return stripe.tax.calculations
    .listLineItems(id!, { limit: 100 }, PATIENCE)
    .autoPagingToArray({ limit: 1_000 })
}
