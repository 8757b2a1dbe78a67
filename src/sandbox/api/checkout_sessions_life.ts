import type Stripe from 'stripe'
import { emit } from '../engine/events.ts'
import { now } from '../engine/ids.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import { invalid } from '../engine/refusal.ts'
import { alone, type Context, type World } from '../engine/world.ts'
import { cancel } from '../payments/capture.ts'
import { Charges } from '../payments/charges.ts'
import { newIntent, PaymentIntents } from '../payments/intents.ts'
import { payer } from './checkout_sessions_blank.ts'
import { CheckoutSessions } from './checkout_sessions_opened.ts'

type Session = Stripe.Checkout.Session

/** The PaymentIntent of a session: made when somebody first wants to pay, the same one for every further try. */
export function intentOf(context: Context, session: Session, email: string | null): Stripe.PaymentIntent {
  const { books } = context
  const made = session.payment_intent && books.of(PaymentIntents).find(String(session.payment_intent))
  const { intent: terms } = books.of(CheckoutSessions).note(session.id)
  if (made) {
    made.amount = session.amount_total!
    made.receipt_email = terms.receipt_email ?? email
    return made
  }
  const { transfer_data, shipping, metadata, ...rest } = terms
  const intent = newIntent(context, {
    ...rest,
    amount: session.amount_total!,
    currency: session.currency!,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    payment_method_types: session.payment_method_types,
    receipt_email: terms.receipt_email ?? email,
    customer: session.customer as string | null,
    metadata: mergeMetadata(null, metadata),
    ...(transfer_data ? { transfer_data } : {}),
  })
  session.payment_intent = intent.id
  emit(context, 'payment_intent.created', intent)
  return intent
}

const sessionOf = (context: Context, intent: Stripe.PaymentIntent): Session | undefined => {
  for (const session of context.books.of(CheckoutSessions).newest()) {
    if (session.payment_intent === intent.id) return session
  }
  return undefined
}

/** Payment arrived: the session is complete and paid, or its slow payment has come through. */
export function settleSession(context: Context, intent: Stripe.PaymentIntent): void {
  const session = sessionOf(context, intent)
  if (!session || session.payment_status === 'paid') return
  const before = session.status
  complete(context, session, intent)
  session.payment_status = 'paid'
  const slow = before === 'complete'
  emit(context, slow ? 'checkout.session.async_payment_succeeded' : 'checkout.session.completed', session)
}

/** The payment is on its way and will be known later: the shopper is done all the same. */
export function awaitPayment(context: Context, intent: Stripe.PaymentIntent): void {
  const session = sessionOf(context, intent)
  if (session?.status !== 'open') return
  complete(context, session, intent)
  emit(context, 'checkout.session.completed', session)
}

/** A slow payment failed in the end. A fast one that failed leaves the session open for the next try. */
export function missPayment(context: Context, intent: Stripe.PaymentIntent): void {
  const session = sessionOf(context, intent)
  if (session?.status === 'complete' && session.payment_status === 'unpaid') {
    emit(context, 'checkout.session.async_payment_failed', session)
  }
}

function complete(context: Context, session: Session, intent: Stripe.PaymentIntent): void {
  session.status = 'complete'
  session.url = null
  const charge = context.books.of(Charges).find(String(intent.latest_charge))
  const { email, name, address } = charge?.billing_details ?? {}
  const known = session.customer_details
  session.customer_details = payer(
    known?.email ?? intent.receipt_email ?? email ?? null,
    name ?? null,
    address ?? null,
  )
  const { shipping } = intent
  if (shipping?.address) {
    session.collected_information = {
      business_name: null,
      individual_name: null,
      shipping_details: { address: shipping.address, name: shipping.name ?? '' },
    }
  }
}

/** Ends an open session: nobody can pay it any more. 400 for one that is complete or expired already. */
export function expireSession(context: Context, session: Session): void {
  if (session.status !== 'open') {
    throw invalid(
      'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ' +
        `\`${session.status}\`.`,
    )
  }
  const intent =
    session.payment_intent && context.books.of(PaymentIntents).find(String(session.payment_intent))
  session.status = 'expired'
  session.url = null
  if (intent && intent.status !== 'canceled') cancel(context, intent, 'abandoned')
  emit(context, 'checkout.session.expired', session)
}

/** Lets a session expire by itself when its time has come. */
export function expireInTime(world: World, context: Context, session: Session): void {
  const wait = Math.max(0, (session.expires_at - now()) * 1000)
  world.later(wait, () => {
    if (session.status !== 'open') return
    expireSession(alone(world, context.books), session)
    world.changed()
  })
}

/** After a restart: open sessions expire after all. */
export function resumeSessions(world: World): void {
  for (const books of world.books.values()) {
    for (const session of books.of(CheckoutSessions).newest()) {
      if (session.status === 'open') expireInTime(world, alone(world, books), session)
    }
  }
}
