import { DiscountUsed, usedBefore } from '../catalog/redemptions.ts'
import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import { newId, type StoreToken } from '../lib/ids.ts'
import { settleFree } from './free.ts'
import { createIntent, type TaxedAttempt } from './intent.ts'
import { keepMade, openSecret, SessionOver } from './keep.ts'
import { whoAsks } from './pace.ts'
import { attemptOf, payableOf, type Reservation, reservation, TaxMissing } from './reserve.ts'
import { workOutTax } from './work-out-tax.ts'

export { CannotPayHere } from './asking.ts'
export { SessionOver } from './keep.ts'
export { ShippingMissing, TaxMissing } from './reserve.ts'

type Reserved = Reservation & Omit<TaxedAttempt, 'id' | 'store_id'>

type ReserveValues = {
  store_id: string
  token_digest: Buffer
  payment_id: string
  email: string | null
  who: Buffer | null
}

const reservePayment = statement<ReserveValues, Reserved>('reserve_payment', reservation('hosted'))

/**
 * The client secret of the order's one open PaymentIntent, created now if there is none; null when there is nothing to
 * pay, and then the order is settled. Throws NotFound, SessionOver (paid, expired, cancelled: the page shows the truth
 * on reload), ShippingMissing, TaxMissing, DiscountUsed (by this e-mail address, before), TooManyRequests (from `ip`,
 * or declined too often), BadInput (a code needs the address), CannotPayHere (no working key), Unavailable (Stripe does
 * not answer; trying again continues with the same PaymentIntent) and what `workOutTax` throws.
 */
export async function startPayment(
  deps: Deps,
  session: StoreToken,
  email: string | undefined,
  ip?: string,
): Promise<{ client_secret: string | null; amount: number }> {
  const reserved = await reserveTaxed(deps, session, email ?? null, ip)
  if (reserved.amount === 0) {
    if (await settleFree(deps, session, email ?? null)) return { client_secret: null, amount: 0 }
    throw new SessionOver()
  }
  const attempt = { ...attemptOf(reserved), store_id: session.store_id }
  const { amount, client_secret_box } = attempt
  if (client_secret_box) return { client_secret: openSecret(deps, attempt, client_secret_box), amount }

  const { id, client_secret } = await createIntent(deps, attempt)
  await keepMade(deps, attempt, { payment_intent: id, secret: client_secret! })
  return { client_secret: client_secret!, amount }
}

/**
 * The question about the tax may have failed after the price had changed, and the page does not tell again what it has
 * told: who presses pay asks it once more. Counted as one try.
 */
async function reserveTaxed(
  deps: Deps,
  session: StoreToken,
  email: string | null,
  ip: string | undefined,
): Promise<Reserved> {
  try {
    return payableOf(await reserve(deps, session, email, ip))
  } catch (error) {
    if (!(error instanceof TaxMissing)) throw error
  }
  await workOutTax(deps, { ...session, ip })
  return payableOf(await reserve(deps, session, email, undefined))
}

async function reserve(
  { db }: Deps,
  session: StoreToken,
  email: string | null,
  ip: string | undefined,
): Promise<Reserved | undefined> {
  try {
    const [reserved] = await db.run(reservePayment, {
      store_id: session.store_id,
      token_digest: session.digest,
      payment_id: newId(),
      email,
      who: ip === undefined ? null : whoAsks(session.store_id, ip),
    })
    return reserved
  } catch (error) {
    if (usedBefore(error)) throw new DiscountUsed()
    throw error
  }
}
