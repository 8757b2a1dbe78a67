import type { FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { readStoreToken } from '../lib/ids.ts'
import { openPage } from '../orders/page-at-stripe.ts'
import { CannotPayHere, SessionOver } from '../orders/pay.ts'
import { type Session, statusNow } from '../orders/session.ts'
import { closedPage } from './page.ts'

/** Whether the shopper pays on Stripe's own page, and still can. Every other state has a page of ours. */
export const isPaidAtStripe = (session: Session): boolean =>
  session.ui === 'stripe' &&
  session.amount > 0 &&
  session.publishable_key !== null &&
  PAYABLE.includes(statusNow(session))

const PAYABLE = ['pending', 'failed']

/** Sends the shopper to Stripe's page. Throws Unavailable when Stripe does not answer. */
export async function toStripe(
  deps: Deps,
  reply: FastifyReply,
  token: string,
  session: Session,
): Promise<FastifyReply> {
  const back = new URL(`/checkout/${token}/return`, deps.config.publicUrl).href
  const { locale } = reply.language(session.locale)
  try {
    return reply.redirect(await openPage(deps, readStoreToken(token)!, back, locale), 303)
  } catch (error) {
    if (error instanceof CannotPayHere) return closedPage(reply, session, 'unavailable')
    // It ended this very moment: our page says how.
    if (error instanceof SessionOver) return reply.redirect(`/checkout/${token}`, 303)
    throw error
  }
}
