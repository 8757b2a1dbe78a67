import type Stripe from 'stripe'
import type { Context } from '../engine/world.ts'
import { placeOf } from '../tax/places.ts'
import { taxOn } from '../tax/reckon.ts'
import { CheckoutSessions } from './checkout_sessions_opened.ts'
import { collectsAt } from './tax_registrations.ts'
import { taxSettings } from './tax_settings.ts'

type Session = Stripe.Checkout.Session
type Address = Stripe.Tax.CalculationCreateParams.CustomerDetails.Address

/**
 * Works out the tax of a session with `automatic_tax` for the address that its shopper gave, and what it comes to with
 * it. Changes nothing of a session without. Refuses an address that cannot be placed.
 */
export function taxSession({ books }: Context, session: Session, address: Partial<Address>): void {
  if (!session.automatic_tax.enabled) return
  session.automatic_tax.status = 'requires_location_inputs'
  const place = placeOf({ ...address, country: address.country ?? '' })
  const note = books.of(CheckoutSessions).note(session.id)
  const { defaults } = taxSettings(books)
  const currency = session.currency!
  const tax = (amount: number, behavior: string | null | undefined, code?: string | null) => {
    const inclusive = (behavior === 'unspecified' ? undefined : behavior) ?? defaults.tax_behavior
    const taxCode = code ?? defaults.tax_code ?? 'txcd_99999999'
    const thing = { amount, inclusive: inclusive === 'inclusive', taxCode }
    const { tax } = taxOn(thing, place, collectsAt(books, place), currency)
    return { tax, added: thing.inclusive ? 0 : tax }
  }
  let all = 0
  let total = 0
  for (const [index, line] of note.lines.entries()) {
    const net = line.amount_subtotal - line.amount_discount
    const { tax: own, added } = tax(net, line.price?.tax_behavior, note.tax_codes[index])
    line.amount_tax = own
    line.amount_total = net + added
    all += own
    total += line.amount_total
  }
  const cost = session.shipping_cost
  if (cost) {
    const { tax: own, added } = tax(cost.amount_subtotal, note.shipping_behavior, 'txcd_92010001')
    cost.amount_tax = own
    cost.amount_total = cost.amount_subtotal + added
    all += own
    total += cost.amount_total
  }
  session.amount_total = total
  session.total_details = { ...session.total_details!, amount_tax: all }
  session.automatic_tax.status = 'complete'
}
