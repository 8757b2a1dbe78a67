import type { Transaction } from 'kysely'
import { ratesTo, shippingRatesOf, taxRatesFor } from '../catalog/rates.ts'
import { giveBack, redeem } from '../catalog/redemptions.ts'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { BadInput, problem, Unavailable } from '../lib/problem.ts'
import { openPayment } from './ask.ts'
import { closePayment } from './end.ts'
import { CannotPayHere, SessionOver, startPayment } from './pay.ts'
import {
  mayBeFree,
  type OrderTerms,
  type PricedOrder,
  priceOrder,
  taxLines,
  taxOnShipping,
} from './pricing.ts'
import { isBeingPaid, lockOrder, type Repriceable, type SessionKey, writePrice } from './repriceable.ts'
import type { FrozenShipping, Shipped } from './table.ts'
import { workOutTax } from './work-out-tax.ts'

export type { SessionKey } from './repriceable.ts'

export const NoShippingThere = problem('no-shipping-there', 422, 'This shop does not ship there')

/** An address as far as a price depends on it, and the rate the shopper chose. */
export type ShippingChoice = {
  country: string
  region?: string | undefined
  postal_code?: string | undefined
  rate_id?: string | undefined
}

/**
 * Applies a code to the order of a session, in place of another one. Throws what `redeem` throws, AmountOutOfRange
 * and what `reprice` throws; then nothing changed.
 */
export function applyDiscount(deps: Deps, session: SessionKey, code: string, email?: string): Promise<void> {
  return reprice(deps, session, async (trx, order) => {
    const subtotal = order.lines.reduce((sum, { amount }) => sum + amount, 0)
    const customer = email ?? order.customer_email
    return { discount: await redeem(trx, { ...order, subtotal, customer }, code) }
  })
}

/** Takes the code off again. */
export function removeDiscount(deps: Deps, session: SessionKey): Promise<void> {
  return reprice(deps, session, async (trx, order) => {
    await giveBack(trx, order)
    return { discount: null }
  })
}

/**
 * Says where the order of a session goes, which decides its tax, and by which rate: the one that is asked for, the
 * one chosen before, or else the cheapest. Throws NoShippingThere, BadInput, AmountOutOfRange and what `reprice` throws.
 */
export function chooseShipping(deps: Deps, session: SessionKey, choice: ShippingChoice): Promise<void> {
  return reprice(deps, session, async (trx, order) => {
    if (!order.shipping_countries?.includes(choice.country)) throw new NoShippingThere()
    const rate = await rateFor(trx, order, choice)
    const taxes = order.stripe_tax ? [] : await taxRatesFor(trx, order, choice.country)
    const place = { country: choice.country, region: choice.region ?? null }
    const shipping: FrozenShipping = {
      rate_id: rate?.id ?? null,
      name: rate?.name ?? null,
      rate_amount: rate?.amount ?? 0,
      free_from: rate?.free_from ?? null,
      ...place,
      postal_code: choice.postal_code ?? null,
      tax_rate: taxOnShipping(taxes, place),
    }
    return { shipping, lines: taxLines(order.lines, taxes, place) }
  })
}

/**
 * Says where who pays lives: what Stripe Tax goes by for an order that is sent nowhere, and what changes nothing of any
 * other. Throws what `reprice` throws.
 */
export function chooseBilling(deps: Deps, session: SessionKey, billing: Shipped): Promise<void> {
  return reprice(deps, session, async (_trx, order) => {
    return order.stripe_tax ? { stripe_tax: { ...order.stripe_tax, billing } } : {}
  })
}

// A store without any rates asks for an address and sends for nothing.
async function rateFor(trx: Transaction<Tables>, order: Repriceable, { country, rate_id }: ShippingChoice) {
  const rates = await shippingRatesOf(trx, order.store_id, order.currency)
  if (rates.length === 0 && rate_id === undefined) return undefined
  const there = ratesTo(rates, country)
  if (there.length === 0) throw new NoShippingThere()
  const chosen = there.find(({ id }) => id === rate_id)
  if (rate_id !== undefined && !chosen) {
    throw new BadInput({
      errors: [{ pointer: '/rate_id', detail: 'is not a shipping rate to this country' }],
    })
  }
  return chosen ?? there.find(({ id }) => id === order.shipping?.rate_id) ?? there[0]!
}

/** How often a payment that another tab opens meanwhile is withdrawn before we give up. */
const TRIES = 3

/**
 * Prices an order anew. The amount of an order and of its PaymentIntent never differ, not even for a moment: as long
 * as a payment is open, nothing is written; it is cancelled at Stripe first, and the next one has the new amount. (To
 * change its amount instead would be two writes, and who pays between them pays what the order does not say.) What
 * Stripe Tax has to say is asked afterwards; until then nobody can pay.
 * Throws NotFound, SessionOver, CannotPayHere, Unavailable and what `workOutTax` throws.
 */
async function reprice(
  deps: Deps,
  session: SessionKey,
  change: (trx: Transaction<Tables>, order: Repriceable) => Promise<Partial<OrderTerms>>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      const untaxed = await deps.db.transaction().execute(async trx => {
        const order = await lockOrder(trx, session)
        const terms = { ...order, ...(await change(trx, order)) }
        const priced = priceOrder(terms, mayBeFree(order.shipping_countries))
        if (isAnother(priced, order) && (await isBeingPaid(trx, order))) {
          // Stripe's page shows the old price, and nobody is on ours to be told.
          throw order.ui === 'stripe' ? new SessionOver() : new PaymentOpen(order)
        }
        await writePrice(trx, order, terms, priced)
        // On its own page Stripe does that.
        return priced.question !== null && order.ui === 'hosted'
      })
      if (untaxed) await workOutTax(deps, session)
      return
    } catch (error) {
      if (!(error instanceof PaymentOpen)) throw error
      await withdrawPayment(deps, session, error.order)
    }
  }
  throw new Unavailable({ detail: 'The order is being paid in another window.', retryAfter: 3 })
}

// A payment is for one amount and one calculation of its tax.
const isAnother = ({ totals, stripe_tax }: PricedOrder, order: Repriceable): boolean =>
  totals.total !== order.amount ||
  stripe_tax?.worked_out?.calculation !== order.stripe_tax?.worked_out?.calculation

/** Rolls the transaction back: Stripe is never asked while one is open. */
class PaymentOpen extends Error {
  readonly order: Repriceable
  constructor(order: Repriceable) {
    super('a payment is open')
    this.order = order
  }
}

/** Sees to it that the open payment cannot be paid any more. What it turns out to be, the order says afterwards. */
async function withdrawPayment(
  deps: Deps,
  session: SessionKey,
  { store_id, order_id }: Repriceable,
): Promise<void> {
  let payment = await openPayment(deps.db, store_id, order_id)
  if (!payment) {
    // Written down, but Stripe's answer is still missing: asked for once more with the same key, it is the same one.
    await startPayment(deps, session, undefined)
    payment = await openPayment(deps.db, store_id, order_id)
  }
  // Closed just now, by another tab: there is nothing to withdraw any more, and the next try sees what there is.
  if (!payment) return
  const answer = await closePayment(deps, payment, 'shopper')
  if (answer === 'unreachable') throw new Unavailable({ detail: 'Nothing was charged.', retryAfter: 3 })
  if (answer === 'invalid_key' || answer === 'missing_permission') throw new CannotPayHere()
}
