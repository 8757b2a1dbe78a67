import type Stripe from 'stripe'
import type { List } from '../engine/lists.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import { expand, form, listOf, must, paging, range, text } from '../engine/params.ts'
import { listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { newest } from '../engine/versions.ts'
import {
  awaitPayment,
  expireInTime,
  expireSession,
  missPayment,
  settleSession,
} from './checkout_sessions_life.ts'
import { CheckoutSessions, linesOf, openSession } from './checkout_sessions_opened.ts'
import { createParams, updateParams } from './checkout_sessions_params.ts'

const { url } = CheckoutSessions

/** Stripe's own hosted checkout: one payment for a list of line items. */
export const checkoutSessions: Resource = {
  after: {
    'payment_intent.succeeded': settleSession,
    'payment_intent.processing': awaitPayment,
    'payment_intent.payment_failed': missPayment,
  },
  operations: [
    operation<Stripe.Checkout.SessionCreateParams>({
      method: 'POST',
      path: url,
      needs: 'checkout_session.write',
      params: createParams,
      legacy: { payment_method_types: { rule: listOf(text(), 100), removed: newest } },
      run(call) {
        const types = call.extra.payment_method_types as string[] | undefined
        const session = openSession(call, call.params, types)
        expireInTime(call.world, call, session)
        return session
      },
    }),
    retrieving(CheckoutSessions, 'checkout_session.read'),
    operation<Stripe.Checkout.SessionUpdateParams>({
      method: 'POST',
      path: `${url}/:id`,
      needs: 'checkout_session.write',
      params: updateParams,
      run(call) {
        const session = call.books.need(CheckoutSessions, call.path.id!)
        session.metadata = mergeMetadata(session.metadata, call.params.metadata ?? {})
        return session
      },
    }),
    operation<Stripe.Checkout.SessionExpireParams>({
      method: 'POST',
      path: `${url}/:id/expire`,
      needs: 'checkout_session.write',
      params: { expand },
      run(call) {
        const session = call.books.need(CheckoutSessions, call.path.id!)
        expireSession(call, session)
        return session
      },
    }),
    operation<Stripe.Checkout.SessionListLineItemsParams>({
      method: 'GET',
      path: `${url}/:id/line_items`,
      needs: 'checkout_session.read',
      params: { ...paging, expand },
      run(call): List<Stripe.LineItem> {
        const session = call.books.need(CheckoutSessions, call.path.id!)
        const lines = linesOf(call.books, session)
        const { limit = 10, starting_after } = call.params
        const from = starting_after ? lines.findIndex(line => line.id === starting_after) + 1 : 0
        const data = lines.slice(from, from + limit)
        const has_more = from + limit < lines.length
        return { object: 'list', data, has_more, url: `${url}/${session.id}/line_items` }
      },
    }),
    listing<Stripe.Checkout.SessionListParams, Stripe.Checkout.Session, unknown>(
      CheckoutSessions,
      'checkout_session.read',
      {
        ...paging,
        created: range,
        customer: text(),
        customer_account: text(),
        customer_details: form<Stripe.Checkout.SessionListParams.CustomerDetails>({ email: must(text()) }),
        expand,
        payment_intent: text(),
        payment_link: text(),
        status: text(),
        subscription: text(),
      },
      (session, { payment_intent, status, customer, customer_details }) =>
        (!payment_intent || session.payment_intent === payment_intent) &&
        (!status || session.status === status) &&
        (!customer || session.customer === customer) &&
        (!customer_details || session.customer_details?.email === customer_details.email),
    ),
  ],
}
