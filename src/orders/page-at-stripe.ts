import type Stripe from 'stripe'
import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import { newId, type StoreToken } from '../lib/ids.ts'
import { failureOf, refusedParam } from '../stripe/errors.ts'
import { askFor, giveUpAttempt, idempotencyKey } from './asking.ts'
import { keepMade, openSecret } from './keep.ts'
import { couponParams, type PageAttempt, pageParams } from './page-params.ts'
import { attemptOf, type Reservation, reservation } from './reserve.ts'

type Reserved = Reservation & Omit<PageAttempt, 'id' | 'store_id'>
type ReserveValues = { store_id: string; token_digest: Buffer; payment_id: string; locale: string }

const reservePage = statement<ReserveValues, Reserved>('reserve_page', reservation('stripe'))

/**
 * The address of Stripe's page for an order, opened there now unless it is open already. However often it is asked, at
 * whatever moment this process dies: one order has one page that can be paid. `locale` is kept for an order that has
 * none. Throws NotFound, SessionOver, CannotPayHere, Unavailable.
 */
export async function openPage(
  deps: Deps,
  session: StoreToken,
  returnUrl: string,
  locale: string,
): Promise<string> {
  const attempt = await reserve(deps, session, locale)
  if (attempt.client_secret_box) return openSecret(deps, attempt, attempt.client_secret_box)
  try {
    return await open(deps, attempt, returnUrl)
  } catch (error) {
    if (!(error instanceof TooLate)) throw error
    await giveUpAttempt(deps.db, attempt)
    return open(deps, await reserve(deps, session, locale), returnUrl)
  }
}

async function reserve(deps: Deps, { store_id, digest }: StoreToken, locale: string) {
  const values = { store_id, token_digest: digest, payment_id: newId(), locale }
  const [reserved] = await deps.db.run(reservePage, values)
  return { ...attemptOf(reserved), store_id }
}

async function open(deps: Deps, attempt: PageAttempt, returnUrl: string): Promise<string> {
  const page = await askFor(deps, attempt, 'checkout', async (stripe, routed) => {
    const params = pageParams(routed, returnUrl, await couponFor(stripe, routed))
    return stripe.checkout.sessions
      .create(params, { idempotencyKey: idempotencyKey(attempt.id, params) })
      .catch(tellTooLate)
  })
  await keepMade(deps, attempt, { stripe_session: page.id, secret: page.url! })
  return page.url!
}

/** Without the right to make coupons the page goes without: its lines then cost what is left of them. */
async function couponFor(stripe: Stripe, attempt: PageAttempt): Promise<string | undefined> {
  if (attempt.totals.discount === 0) return undefined
  const params = couponParams(attempt)
  try {
    const made = await stripe.coupons.create(params, { idempotencyKey: idempotencyKey(attempt.id, params) })
    return made.id
  } catch (error) {
    if (failureOf(error) === 'missing_permission') return undefined
    throw error
  }
}

/**
 * An earlier try was cut short, and by now its page would be open for too short a time. Stripe has none of it, or it
 * would have answered with that one (the key is the same): this attempt can be given up.
 */
class TooLate extends Error {}

function tellTooLate(error: unknown): never {
  const late = refusedParam(error) === 'expires_at'
  throw late ? new TooLate('the page would close too soon', { cause: error }) : error
}
